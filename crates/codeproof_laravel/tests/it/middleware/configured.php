//- composer.json
{"require": {"laravel/framework": "^12.0"}, "autoload": {"psr-4": {"App\\": "app/"}}}
//- bootstrap/app.php
<?php
use App\Http\Middleware as Own;
use Illuminate\Foundation\Configuration\Middleware;
return Application::configure(basePath: dirname(__DIR__))
    ->withRouting(web: __DIR__.'/../routes/web.php', api: __DIR__.'/../routes/api.php')
    ->withMiddleware(function (Middleware $middleware) {
        $middleware->web(append: [Own\Locale::class], remove: Illuminate\View\Middleware\ShareErrorsFromSession::class)
            ->web(replace: [Illuminate\Cookie\Middleware\EncryptCookies::class => Own\Cookies::class]);
        $middleware->statefulApi()->throttleApi();
        $middleware->alias(['tenant' => Own\Tenant::class, 'limit' => Own\Limit::class.':5']);
        $middleware->group('staff', ['auth:web', 'tenant', 'verified']);
        $middleware->appendToGroup('office', 'staff')->prependToGroup('office', ['limit']);
        $middleware->removeFromGroup('staff', 'tenant');
        $middleware->prepend(Own\First::class)->append(Own\Last::class)->remove(Illuminate\Http\Middleware\HandleCors::class);
        $middleware->redirectGuestsTo('/login')->validateCsrfTokens(except: ['hooks/*'])->authenticateSessions();
    })
    ->create();
//- bootstrap/providers.php
<?php return [App\Providers\AppServiceProvider::class];
//- app/Providers/AppServiceProvider.php
<?php
namespace App\Providers;
class AppServiceProvider extends \Illuminate\Support\ServiceProvider
{
    public function boot(\Illuminate\Routing\Router $router)
    {
        $router->aliasMiddleware('owner', \App\Http\Middleware\Owner::class);
        \Illuminate\Support\Facades\Route::pushMiddlewareToGroup('api', 'owner');
        $router->prependMiddlewareToGroup('api', 'cache.headers:private')->middlewareGroup('late', ['owner', 'signed']);
        $this->app->make(\Illuminate\Contracts\Http\Kernel::class)->pushMiddleware(\App\Http\Middleware\Pushed::class);
    }
}
//- app/Http/Middleware/Locale.php
<?php
namespace App\Http\Middleware;
class Locale { public function handle($request, $next) { app()->setLocale($request->user()?->locale ?? 'en'); return $next($request); } }
//- app/Http/Middleware/Cookies.php
<?php
namespace App\Http\Middleware;
class Cookies extends \Illuminate\Cookie\Middleware\EncryptCookies {}
//- app/Http/Middleware/Tenant.php
<?php
namespace App\Http\Middleware;
class Tenant { public function handle($request, $next) { return $next($request); } }
//- routes/web.php
<?php
use Illuminate\Auth\Middleware\Authenticate;
Route::get('home', 'A@a');
Route::get('staff', 'A@a')->middleware('staff');
Route::get('office', 'A@a')->middleware('office');
Route::get('twice', 'A@a')->middleware(['auth', 'auth', 'late']);
Route::get('without', 'A@a')->middleware('staff')->withoutMiddleware(['auth:web', 'verified']);
Route::get('still', 'A@a')->middleware('auth:api')->withoutMiddleware('auth');
Route::get('using', 'A@a')->middleware(Authenticate::using('web', 'api'));
Route::get('can', 'A@a')->can('update', 'post');
Route::get('strange', 'A@a')->middleware('role:admin');
Route::get('unknown', 'A@a')->middleware(Package::middleware());
Route::get('guest', 'A@a')->middleware('guest');
//- routes/api.php
<?php
Route::get('me', 'A@a')->middleware('auth:sanctum');
