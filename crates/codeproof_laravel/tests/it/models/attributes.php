//- composer.json
{"require": {"laravel/framework": "^13.0"}, "autoload": {"psr-4": {"App\\": "app/"}}}
//- app/Models/Plain.php
<?php
namespace App\Models;
use Illuminate\Database\Eloquent\Attributes\{Appends, Connection, Fillable, Guarded, Hidden, Table, Unguarded, WithoutTimestamps};
use Illuminate\Database\Eloquent\Model;
#[Table('plain_things', key: 'code', timestamps: false), Fillable(['a', 'b'])]
#[Hidden('secret', 'token'), Appends(['label']), Connection('other')]
class Plain extends Model
{
    public function owner() { return $this->belongsTo(Open::class); }
    public function peers() { return $this->hasMany(Child::class); }
}
//- app/Models/Open.php
<?php
namespace App\Models;
use Illuminate\Database\Eloquent\Attributes as Eloquent;
#[Eloquent\Unguarded] #[Eloquent\WithoutTimestamps]
class Open extends \Illuminate\Database\Eloquent\Model {}
//- app/Models/Child.php
<?php
namespace App\Models;
use Illuminate\Database\Eloquent\Attributes\Guarded;
use Illuminate\Database\Eloquent\Attributes\Initialize;
#[Guarded(['id'])]
class Child extends Plain
{
    protected $fillable = ['c'];
    #[Initialize]
    public function prepare() { $this->mergeCasts(['a' => 'array']); }
}
