//- composer.json
{"require": {"laravel/framework": "^9.0"}, "autoload": {"psr-4": {"Shop\\": "app/"}}}
//- bootstrap/app.php
<?php
$app = new Illuminate\Foundation\Application(dirname(__DIR__));
$app->singleton(Illuminate\Contracts\Http\Kernel::class, Shop\Http\Kernel::class);
return $app;
//- config/app.php
<?php return ['providers' => [Shop\Providers\RouteServiceProvider::class]];
//- app/Providers/RouteServiceProvider.php
<?php
namespace Shop\Providers;
class RouteServiceProvider extends \Illuminate\Foundation\Support\Providers\RouteServiceProvider
{
    public function map() { \Route::middleware('web')->group(base_path('routes/web.php')); }
}
//- app/Http/BaseKernel.php
<?php
namespace Shop\Http;
abstract class BaseKernel extends \Illuminate\Foundation\Http\Kernel
{
    protected $middleware = [\Illuminate\Http\Middleware\TrustProxies::class];
    protected $routeMiddleware = ['old' => Middleware\Old::class, 'auth' => Middleware\Old::class];
}
//- app/Http/Kernel.php
<?php
namespace Shop\Http;
class Kernel extends BaseKernel
{
    protected $middlewareGroups = [
        'web' => [\Illuminate\Session\Middleware\StartSession::class, Middleware\Csrf::class],
        'members' => ['web', 'auth', 'nested'],
        'nested' => ['guest', 'nested'],
    ];
    protected $middlewareAliases = ['auth' => Middleware\Members::class, 'guest' => Middleware\Guests::class];
}
//- app/Http/Middleware/Csrf.php
<?php
namespace Shop\Http\Middleware;
class Csrf extends \Illuminate\Foundation\Http\Middleware\VerifyCsrfToken { protected $except = ['*']; }
//- app/Http/Middleware/Members.php
<?php
namespace Shop\Http\Middleware;
class Members extends AbstractMembers {}
//- app/Http/Middleware/AbstractMembers.php
<?php
namespace Shop\Http\Middleware;
abstract class AbstractMembers extends \Illuminate\Auth\Middleware\Authenticate { protected function redirectTo($request) { return '/in'; } }
//- app/Http/Middleware/Guests.php
<?php
namespace Shop\Http\Middleware;
class Guests
{
    public function handle($request, $next, ...$guards)
    {
        foreach ($guards as $guard) {
            if (\Auth::guard($guard)->check()) {
                return redirect('/home');
            }
        }
        return $next($request);
    }
}
//- routes/web.php
<?php
Route::get('open', 'A@a');
Route::get('members', 'A@a')->middleware('members');
Route::get('old', 'A@a')->middleware('old');
Route::get('gone', 'A@a')->middleware(Shop\Http\Middleware\Members::class)
    ->withoutMiddleware([Shop\Http\Middleware\AbstractMembers::class, 'Illuminate\Foundation\Http\Middleware\VerifyCsrfToken']);
