//- composer.json
{"require": {"laravel/framework": "^12.0"}, "autoload": {"psr-4": {"App\\": "app/"}}}
//- config/app.php
<?php return ['providers' => [App\Providers\AppServiceProvider::class]];
//- app/Providers/AppServiceProvider.php
<?php
namespace App\Providers;
use Illuminate\Database\Schema\Blueprint;
use Illuminate\Support\Facades\Schema;
use Illuminate\Support\ServiceProvider;
class AppServiceProvider extends ServiceProvider
{
    public function boot(): void
    {
        Schema::defaultStringLength(191);
        Blueprint::macro('money', function (string $name) {
            $this->decimal($name, 12, 4)->default(0);
            return $this->char("{$name}_currency", 3);
        });
    }
}
//- app/Models/Wing.php
<?php
namespace App\Models;
use Illuminate\Database\Eloquent\Concerns\HasUlids;
use Illuminate\Database\Eloquent\Model;
class Wing extends Model
{
    use HasUlids;
    protected $table = 'wings_of_houses';
}
//- database/migrations/2024_01_01_000000_create_houses_table.php
<?php
use Illuminate\Database\Migrations\Migration;
use Illuminate\Database\Schema\Blueprint;
use Illuminate\Support\Facades\DB;
use Illuminate\Support\Facades\Schema;
return new class extends Migration {
    private const KINDS = ['villa', 'tower'];

    public function up(): void
    {
        Schema::create('wings_of_houses', fn (Blueprint $table) => $table->ulid('id')->primary());
        Schema::create('houses', function (Blueprint $table) {
            $table->id();
            $table->string('name', 80)->unique();
            $table->string('street')->nullable()->index('by_street');
            $table->enum('kind', self::KINDS)->default(self::KINDS[0]);
            $table->foreignId('owner_id')->constrained('people')->cascadeOnDelete();
            $table->foreignId('city_id')->nullable()->constrained()->nullOnDelete();
            $table->foreignIdFor(App\Models\Wing::class)->constrained();
            $table->unsignedInteger('category')->comment('kept');
            $table->foreign(['category', 'kind'])->references(['id', 'kind'])->on('categories')->onUpdate('restrict');
            $table->money('price');
            $table->nullableMorphs('buildable');
            $table->jsonb('extra')->default(DB::raw("'{}'"));
            $table->schemalessAttributes('more');
            $table->index(['name', 'street']);
            $table->rememberToken();
            $table->timestamps();
            $table->softDeletesTz();
        });
    }

    public function down(): void
    {
        Schema::dropIfExists('houses');
        Schema::drop('wings_of_houses');
    }
};
//- database/migrations/2024_01_02_000000_change_houses.php
<?php
use Illuminate\Database\Schema\Blueprint;
return new class extends Illuminate\Database\Migrations\Migration {
    protected $connection = 'archive';
    public function up()
    {
        Schema::connection('archive')->table('houses', function (Blueprint $table): void {
            $this->columns($table);
            $table->string('name', 120)->nullable()->change();
            $table->renameColumn('street', 'road');
            $table->dropForeign(['owner_id']);
            $table->dropColumn('owner_id', 'category');
            $table->dropMorphs('buildable');
            $table->dropTimestamps();
            $table->dropConstrainedForeignId('city_id');
            $table->dropUnique('houses_name_unique');
            $table->renameIndex('by_street', 'by_road');
            $table->somethingOfAPackage(['a' => 1]);
            $table->uniqueIndex('price')->where('price > 0');
            $table->slugOfAPackage('kind');
        });
        Schema::rename('houses', 'buildings');
    }

    private function columns(Blueprint $table): void
    {
        foreach (['north', 'south'] as $side) {
            $table->unsignedTinyInteger("rooms_$side")->after('name');
        }
        $table->after('kind', function (Blueprint $table) {
            $table->date('built');
            $table->year('bought');
        });
        $table->addColumn('tinyInteger', 'floors', ['unsigned' => true]);
    }
};
