//- composer.json
{"require": {"laravel/framework": "^10.0"}, "autoload": {"psr-4": {"App\\": "app/"}}}
//- config/app.php
<?php return ['providers' => [App\Providers\SchemaProvider::class]];
//- config/database.php
<?php return ['default' => 'mysql', 'connections' => ['mysql' => ['driver' => 'mysql'], 'stats' => ['driver' => 'pgsql']]];
//- app/Providers/SchemaProvider.php
<?php
namespace App\Providers;
use Illuminate\Database\Schema\{Blueprint, Builder};
class SchemaProvider extends \Illuminate\Support\ServiceProvider
{
    public function boot(Builder $schema)
    {
        $schema->defaultStringLength(100);
        Blueprint::mixin(new \App\Mixin);
        $this->loadMigrationsFrom([__DIR__ . '/../../database/more']);
    }
}
//- app/Mixin.php
<?php
namespace App;
class Mixin
{
    public function authors() { return function () { $this->foreignId('author_id')->nullable(); }; }
}
//- app/Auditable.php
<?php
namespace App;
class Auditable extends \Illuminate\Database\Schema\Blueprint
{
    public function audits() { $this->string('changed_by')->nullable(); $this->timestamps(); }
}
//- database/migrations/tenant/2024_01_01_000000_of_a_tenant.php
<?php return new class extends Migration { public function up() { Schema::create('of_a_tenant', fn ($t) => $t->id()); } };
//- database/more/2024_01_02_000000_resolver.php
<?php
use App\Auditable;
use Illuminate\Database\Capsule\Manager as Capsule;
return new class extends Illuminate\Database\Migrations\Migration {
    protected $schema;
    public function __construct()
    {
        $this->schema = app('db')->connection()->getSchemaBuilder();
        $this->schema->blueprintResolver(fn ($table, $callback) => new Auditable($table, $callback));
    }
    public function up(): void
    {
        $this->schema->create('books', function (Auditable $table) {
            $table->string('title');
            $table->authors();
            $table->audits();
        });
        Capsule::schema()->table('books', function ($table) {
            $table->dropColumn(['author_id']);
            Vendor\Columns::add($table);
        });
    }
};
//- database/migrations/2024_01_03_000000_stats.php
<?php
return new class extends Illuminate\Database\Migrations\Migration {
    protected $connection = 'stats';
    public function up(): void
    {
        if (DB::getDriverName() === 'pgsql') {
            Schema::create('visits', function ($table) { $table->float('length'); $table->foreignUuid('book_id'); });
        }
    }
};
