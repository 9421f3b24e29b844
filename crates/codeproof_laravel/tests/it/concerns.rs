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
