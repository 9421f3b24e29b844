//- composer.json
{"require": {"laravel/framework": "^13.0"}, "autoload": {"psr-4": {"App\\": "app/"}}}
//- bootstrap/app.php
<?php
return Application::configure()->withRouting(using: fn () => Route::group([], base_path('routes/web.php')))->create();
//- routes/web.php
<?php
use App\Http\Controllers as C;
Route::resource('posts', C\PostController::class)->only('index', 'store', 'destroy');
Route::get('closure', [C\ClosureController::class, 'show']);
Route::get('closed', [C\ClosureController::class, 'edit']);
Route::resource('tags', C\TagController::class)->only('index', 'store', 'update');
Route::resource('notes', C\NoteController::class)->only('index', 'store');
Route::get('free', [C\NoteController::class, 'free'])->middleware('auth');
Route::get('quiet', C\QuietController::class);
//- app/Http/Controllers/Controller.php
<?php
namespace App\Http\Controllers;
abstract class Controller extends \Illuminate\Routing\Controller
{
    use Limits;
    public function __construct(\App\Repository $repository)
    {
        $this->limit();
    }
}
//- app/Http/Controllers/Limits.php
<?php
namespace App\Http\Controllers;
trait Limits
{
    protected function limit() { $this->middleware('throttle:60,1', ['except' => 'index']); }
}
//- app/Http/Controllers/PostController.php
<?php
namespace App\Http\Controllers;
class PostController extends Controller
{
    public function index() { return new class { public function __construct() { } }; }
    public function __construct()
    {
        parent::__construct();
        $this->middleware(['auth', 'verified'])->only('store', 'destroy');
        $this->middleware('can:destroy')->only(['destroy']);
    }
    public function store() { $this->middleware('never'); }
    public function destroy() {}
}
//- app/Http/Controllers/ClosureController.php
<?php
namespace App\Http\Controllers;
class ClosureController extends \Illuminate\Routing\Controller
{
    public function __construct()
    {
        $this->middleware(function ($request, $next) { $this->user = $request->user(); return $next($request); });
        $this->middleware(function ($request, $next) {
            abort_if(auth()->guest(), 401);
            return $next($request);
        })->except('show');
    }
    public function show() {}
    public function edit() {}
}
//- app/Http/Controllers/TagController.php
<?php
namespace App\Http\Controllers;
use Illuminate\Routing\Controllers\HasMiddleware;
use Illuminate\Routing\Controllers\Middleware;
class TagController implements HasMiddleware
{
    public static function middleware(): array
    {
        return ['cache.headers', new Middleware('auth:api', except: ['index']), (new Middleware('signed'))->only('update')];
    }
    public function index() {}
    public function store() {}
    public function update() {}
}
//- app/Http/Controllers/NoteController.php
<?php
namespace App\Http\Controllers;
use Illuminate\Routing\Attributes\Controllers\Authorize;
use Illuminate\Routing\Attributes\Controllers\Middleware;
use Illuminate\Routing\Attributes\Controllers\WithoutMiddleware;
#[Middleware('auth', except: ['index', 'free'])]
class NoteController
{
    #[Middleware('cache.headers')]
    public function index() {}
    #[Authorize('create', 'note')]
    public function store() {}
    #[WithoutMiddleware('auth')]
    public function free() {}
}
//- app/Http/Controllers/QuietController.php
<?php
namespace App\Http\Controllers;
class QuietController extends \Illuminate\Routing\Controller
{
    public function __invoke() { return redirect('/')->middleware('auth'); }
}
