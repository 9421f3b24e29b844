//- composer.json
{"require": {"laravel/framework": "5.5.*"}}
//- config/database.php
<?php return ['default' => env('DB_CONNECTION', 'mysql'), 'connections' => ['mysql' => ['driver' => 'mysql', 'prefix' => '']]];
//- config/permission.php
<?php return ['table_names' => ['roles' => 'app_roles']];
//- database/migrations/2019_01_01_000000_create_first_tables.php
<?php
class CreateFirstTables extends Migration
{
    public function up()
    {
        $names = config('permission.table_names');
        foreach (['users' => true, $names['roles'] => false] as $name => $has_mail) {
            Schema::dropIfExists($name);
            Schema::create($name, function (Blueprint $table) use ($has_mail) {
                $table->increments('id');
                if ($has_mail) {
                    $table->string('mail');
                }
                $table->morphs('owner');
                $table->timestamps();
            });
        }
        Schema::create('short_lived', function ($table) { $table->increments('id'); });
        Schema::drop('short_lived');
        if (Schema::hasTable('users')) {
            Schema::table('users', function ($table) { $table->text('about')->nullable(); });
        }
    }
    public function down()
    {
        if (Schema::hasColumn('users', 'about')) {
            Schema::drop('users');
        }
    }
}
//- database/migrations/2019_01_02_000000_decide.php
<?php
class Decide extends Migration
{
    use AddsColumns;
    public function up()
    {
        if (Schema::hasColumn('users', 'phone')) {
            return;
        }
        $this->add('users', 'phone');
        if (DB::getDriverName() === 'sqlite') {
            Schema::table('users', function ($table) { $table->dropColumn('mail'); });
            Schema::table('users', function ($table) { $table->string('only_sqlite'); });
        } else {
            Schema::table('users', function ($table) {
                $table->string('not_sqlite');
                if (DB::table('users')->count() > 10) {
                    $table->index('mail');
                }
            });
        }
        foreach (DB::table('users')->get() as $user) {
            Schema::dropIfExists('notes_of_' . $user->id);
        }
        DB::table('users')->where('id', 1)->delete();
        DB::table('app_roles')->delete();
        User::truncate();
        if (DB::table('users')->exists()) {
            return;
        }
        Schema::table('missing_of_package', function ($table) { $table->dropColumn('a'); });
    }
}
trait AddsColumns
{
    private function add($table, $name)
    {
        Schema::table($table, function ($table) use ($name) { $table->string($name); });
    }
}
//- database/migrations/2019_01_03_000000_unknown_name.php
<?php
class UnknownName extends Migration
{
    public function up()
    {
        Schema::create(config('elsewhere.table'), function ($table) { $table->increments('id'); });
        Schema::create(config('elsewhere.other', 'others'), function ($table) { $table->increments('id'); });
    }
}
