//! What does not fit together: each kind, and what looks alike and fits.

use codeproof_laravel::{Parts, map};
use codeproof_types::laravel::ConcernKind;

use crate::applications::files;

/// Subjects of the concerns of one kind.
fn concerns(kind: ConcernKind, application: &str) -> Vec<String> {
    let map = map(&files(application), Parts::ALL);
    map.concerns.into_iter().filter(|concern| concern.kind == kind).map(|concern| concern.subject).collect()
}

const TABLES: &str = "\
//- composer.json
{\"require\": {\"laravel/framework\": \"^11.0\", \"acme/laravel-audits\": \"*\"}, \"autoload\": {\"psr-4\": {\"App\\\\\": \"app/\"}}}
//- bootstrap/app.php
<?php return Application::configure()->create();
//- database/migrations/2024_01_01_000000_tables.php
<?php
use Illuminate\\Database\\Migrations\\Migration;
return new class extends Migration {
    public function up(): void
    {
        foreach (['orders', 'goods', 'good_order', 'old_coupons', 'audit_lines', 'jobs', 'exports'] as $name) {
            Schema::create($name, fn (Blueprint $table) => $table->id());
        }
    }
};
//- app/Models/Base.php
<?php
namespace App\\Models;
class Base extends \\Illuminate\\Database\\Eloquent\\Model {}
//- app/Models/Order.php
<?php
namespace App\\Models;
class Order extends Base
{
    public function goods() { return $this->belongsToMany(Good::class); }
    public static function export() { return DB::table('exports as e')->get(); }
}
//- app/Models/Good.php
<?php
namespace App\\Models;
class Good extends Base {}
//- app/Models/Voucher.php
<?php
namespace App\\Models;
class Voucher extends Base { protected $table = 'coupons'; }
//- app/Models/Far.php
<?php
namespace App\\Models;
class Far extends Base { protected $connection = 'warehouse'; }
//- app/Models/Role.php
<?php
namespace App\\Models;
class Role extends \\Acme\\Roles\\Models\\AcmeRole {}
";

#[test]
fn models_without_a_table_are_told_and_those_of_others_are_not() {
    assert_eq!(concerns(ConcernKind::ModelWithoutTable, TABLES), ["App\\Models\\Voucher"]);
}

#[test]
fn tables_that_nothing_names_are_told() {
    assert_eq!(concerns(ConcernKind::TableWithoutModel, TABLES), ["old_coupons"]);
}

#[test]
fn without_migrations_no_table_is_missed() {
    let without = TABLES.replace("Schema::create", "Other::create");
    assert_eq!(concerns(ConcernKind::ModelWithoutTable, &without), Vec::<String>::new());
}

/// An application with one route file and two controllers.
fn with_routes(routes: &str, more: &str) -> String {
    format!(
        "\
//- composer.json
{{\"require\": {{\"laravel/framework\": \"^11.0\", \"laravel/horizon\": \"*\"}}, \"autoload\": {{\"psr-4\": {{\"App\\\\\": \"app/\"}}}}}}
//- bootstrap/app.php
<?php return Application::configure()->withRouting(web: __DIR__.'/../routes/web.php')->withMiddleware()->create();
//- routes/web.php
<?php
{routes}
//- app/PostController.php
<?php
namespace App;
class PostController extends \\Illuminate\\Routing\\Controller
{{
    use Shows;
    public function index() {{}}
    public function store() {{ return Post::create(request()->all()); }}
    public function update() {{ return Post::create(request()->all()); }}
    public function guarded() {{ $this->authorize('x'); }}
    public function publish(PublishRequest $request) {{ return 1; }}
    public function draft(DraftRequest $request) {{ return 1; }}
}}
//- app/Shows.php
<?php
namespace App;
trait Shows {{ public function show() {{}} }}
//- app/PublishRequest.php
<?php
namespace App;
class PublishRequest extends \\Illuminate\\Foundation\\Http\\FormRequest {{ public function authorize() {{ return $this->user() !== null; }} }}
//- app/DraftRequest.php
<?php
namespace App;
class DraftRequest extends \\Illuminate\\Foundation\\Http\\FormRequest {{ public function authorize() {{ return true; }} }}
//- app/MagicController.php
<?php
namespace App;
class MagicController {{ public function __call($name, $arguments) {{}} }}
//- app/FarController.php
<?php
namespace App;
class FarController extends \\Package\\Controller {{}}
//- app/TraitController.php
<?php
namespace App;
class TraitController {{ use \\Package\\Actions; }}
//- lib/Mapped.php
<?php
namespace App\\Elsewhere;
class Mapped {{}}
{more}
"
    )
}

#[test]
fn controllers_that_are_not_there_are_told() {
    let text = with_routes(
        "Route::get('a', [App\\PostController::class, 'index']);
        Route::get('b', [App\\GoneController::class, 'index']);
        Route::get('c', [Package\\Controller::class, 'index']);
        Route::get('d', [App\\Elsewhere\\Mapped::class, 'index']);
        if (config('x.on')) { Route::get('e', [App\\MaybeController::class, 'index']); }",
        "",
    );
    assert_eq!(concerns(ConcernKind::MissingController, &text), ["App\\GoneController"]);
}

#[test]
fn actions_that_are_not_there_are_told_once_for_a_resource() {
    let text = with_routes(
        "Route::resource('posts', App\\PostController::class)->except('destroy');
        Route::get('b', [App\\PostController::class, 'nothing']);
        Route::get('c', [App\\MagicController::class, 'any']);
        Route::get('d', [App\\FarController::class, 'any']);
        Route::get('e', [App\\TraitController::class, 'any']);
        Route::get('f', App\\PostController::class);
        Route::get('g', [App\\PostController::class, 'show']);",
        "",
    );
    let expected = ["App\\PostController@create|edit", "App\\PostController@nothing", "App\\PostController@__invoke"];
    assert_eq!(concerns(ConcernKind::MissingAction, &text), expected);
}

#[test]
fn names_that_no_route_has_are_told() {
    let text = with_routes(
        "Route::get('a', [App\\PostController::class, 'index'])->name('posts.index');
        Route::get('b', [App\\PostController::class, 'show'])->name('posts.show');
        Route::get('c', [App\\PostController::class, 'show'])->name('plugin.'.Plugin::name().'.end');",
        "//- resources/views/a.blade.php
<a href=\"{{ route('posts.index') }}\">{{ route('posts.idnex') }}</a> {{-- route('posts.old') --}}
@if (Route::has('register')) {{ route('register') }} @endif
{{ route('horizon.index') }} {{ route('plugin.any.end') }} {{ route('posts.'.$x) }}
//- app/Job.php
<?php
namespace App;
class Job
{
    public function a() { return redirect()->route('posts.gone', 1); }
    public function b($request) { return $request->route('post'); }
    public function c($panel) { $panel->name('strange.thing'); return to_route('strange.thing'); }
}
//- tests/Feature/JobTest.php
<?php route('posts.in-a-test');",
    );
    assert_eq!(concerns(ConcernKind::UnknownRouteName, &text), ["posts.gone", "posts.idnex"]);
    let hidden = text.replace(
        "<?php\nRoute::get('a'",
        "<?php\nrequire Modules::path();\nRoute::prefix('m')->group(Modules::path());\nRoute::get('a'",
    );
    assert_eq!(concerns(ConcernKind::UnknownRouteName, &hidden), Vec::<String>::new());
}

#[test]
fn open_routes_beside_guarded_ones_are_told() {
    let routes = "Route::post('posts', [App\\PostController::class, 'store'])->middleware('auth');
        Route::put('posts/1', [App\\PostController::class, 'update']);
        Route::get('posts', [App\\PostController::class, 'index']);
        Route::post('drafts', [App\\PostController::class, 'draft']);
        Route::post('published', [App\\PostController::class, 'publish']);
        Route::post('guarded', [App\\PostController::class, 'guarded']);
        Route::post('posts/webhook', [App\\PostController::class, 'update']);
        Route::post('strange', [App\\PostController::class, 'update'])->middleware('strange');
        Route::post('only-guests', [App\\PostController::class, 'update'])->middleware('guest');";
    let text = with_routes(routes, "");
    assert_eq!(concerns(ConcernKind::UnauthenticatedRoute, &text), ["/posts/1", "/drafts"]);
    let open = with_routes(&routes.replace("->middleware('auth')", ""), "");
    assert_eq!(concerns(ConcernKind::UnauthenticatedRoute, &open), Vec::<String>::new());
}
