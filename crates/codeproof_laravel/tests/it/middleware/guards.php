//- composer.json
{"require": {"laravel/framework": "^12.0"}, "autoload": {"psr-4": {"App\\": "app/"}}}
//- bootstrap/app.php
<?php
return Application::configure()->withRouting(using: fn () => Route::group([], base_path('routes/web.php')))->create();
//- routes/web.php
<?php
use App\Guard as G;
Route::get('aborts', 'A@a')->middleware(G\Aborts::class);
Route::get('unless', 'A@a')->middleware(G\Unless::class);
Route::get('other-side', 'A@a')->middleware(G\OtherSide::class);
Route::get('ternary', 'A@a')->middleware(G\Ternary::class);
Route::get('own-method', 'A@a')->middleware(G\OwnMethod::class);
Route::get('throws', 'A@a')->middleware(G\Throws::class);
Route::get('fails', 'A@a')->middleware(G\Fails::class);
Route::get('parent', 'A@a')->middleware(G\AboveTheParent::class);
Route::get('token', 'A@a')->middleware(G\Token::class);
Route::get('token-first', 'A@a')->middleware([G\Token::class, 'auth']);
Route::get('some', 'A@a')->middleware(G\Some::class);
Route::get('role', 'A@a')->middleware(G\Role::class);
Route::get('passport', 'A@a')->middleware(Laravel\Passport\Http\Middleware\CheckCredentials::class);
Route::get('maintenance', 'A@a')->middleware(G\Maintenance::class);
Route::get('banned', 'A@a')->middleware(G\Banned::class);
Route::get('seats', 'A@a')->middleware(G\Seats::class);
Route::get('forms', 'A@a')->middleware(G\Forms::class);
Route::get('headers', 'A@a')->middleware(G\Headers::class);
Route::get('strange', 'A@a')->middleware(G\Strange::class);
//- app/Guard/Aborts.php
<?php
namespace App\Guard;
class Aborts { public function handle($request, $next) { if (! auth()->check()) { abort(403); } return $next($request); } }
//- app/Guard/Unless.php
<?php
namespace App\Guard;
class Unless { public function handle($request, $next) { abort_unless($request->user()?->is_admin, 404); return $next($request); } }
//- app/Guard/OtherSide.php
<?php
namespace App\Guard;
use Illuminate\Support\Facades\Auth;
class OtherSide
{
    public function handle($request, $next)
    {
        if ($request->routeIs('free.*')) { return $next($request); }
        if (Auth::guard('staff')->check()) { return $next($request); }
        return redirect()->route('start');
    }
}
//- app/Guard/Ternary.php
<?php
namespace App\Guard;
class Ternary { public function handle($request, $next) { return \Auth::guest() ? redirect('/') : $next($request); } }
//- app/Guard/OwnMethod.php
<?php
namespace App\Guard;
class OwnMethod
{
    public function handle($request, $next)
    {
        $this->demand($request);
        return $next($request);
    }
    private function demand($request)
    {
        $user = $request->user('api');
        if ($user === null) { throw new \Illuminate\Auth\AuthenticationException(); }
    }
}
//- app/Guard/Throws.php
<?php
namespace App\Guard;
class Throws
{
    public function __construct(private \Illuminate\Contracts\Auth\Factory $auth) {}
    public function handle($request, $next) { $this->auth->guard('web')->authenticate(); return $next($request); }
}
//- app/Guard/Fails.php
<?php
namespace App\Guard;
class Fails
{
    public function handle($request, $next)
    {
        try {
            $user = JWTAuth::parseToken()->authenticate();
        } catch (\Exception $e) {
            return response()->json(['error' => $e->getMessage()], 400);
        }
        return $next($request);
    }
}
//- app/Guard/AboveTheParent.php
<?php
namespace App\Guard;
class AboveTheParent extends \Illuminate\Auth\Middleware\Authenticate
{
    public function handle($request, $next, ...$guards)
    {
        if ($token = $request->cookie('jwt')) { $request->headers->set('Authorization', 'Bearer '.$token); }
        return parent::handle($request, $next, ...$guards);
    }
}
//- app/Guard/Token.php
<?php
namespace App\Guard;
class Token
{
    public function handle($request, $next)
    {
        if ($request->header('X-Token') !== config('services.token')) { return response('no', 401); }
        return $next($request);
    }
}
//- app/Guard/Some.php
<?php
namespace App\Guard;
class Some
{
    public function handle($request, $next)
    {
        if (config('app.private')) {
            if (auth()->guest()) { return redirect()->route('login'); }
        }
        return $next($request);
    }
}
//- app/Guard/Role.php
<?php
namespace App\Guard;
class Role
{
    public function handle($request, $next, $role)
    {
        if (! in_array(auth()->user()->role, explode('|', $role))) { abort(403); }
        return $next($request);
    }
}
//- app/Guard/Maintenance.php
<?php
namespace App\Guard;
class Maintenance { public function handle($request, $next) { if (config('app.closed')) { abort(403); } return $next($request); } }
//- app/Guard/Banned.php
<?php
namespace App\Guard;
class Banned
{
    public function handle($request, $next)
    {
        if (auth()->check() && auth()->user()->is_banned) { auth()->logout(); return redirect()->route('login'); }
        return $next($request);
    }
}
//- app/Guard/Seats.php
<?php
namespace App\Guard;
class Seats
{
    public function handle($request, $next)
    {
        $userCount = User::count();
        if ($userCount >= config('app.user_cap')) { abort(403, 'full'); }
        return $next($request);
    }
}
//- app/Guard/Forms.php
<?php
namespace App\Guard;
class Forms
{
    public function handle($request, $next)
    {
        if (! hash_equals($request->session()->token(), $request->input('_token'))) { throw new TokenMismatchException(); }
        return $next($request);
    }
}
//- app/Guard/Headers.php
<?php
namespace App\Guard;
class Headers { public function handle($request, $next) { $response = $next($request); $response->header('X', 'y'); return $response; } }
//- app/Guard/Strange.php
<?php
namespace App\Guard;
class Strange extends \Package\Middleware {}
