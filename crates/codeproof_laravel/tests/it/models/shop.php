//- composer.json
{"require": {"laravel/framework": "5.8.*"}, "autoload": {"psr-4": {"Shop\\": "packages/Shop/src", "App\\": "app"}}}
//- packages/Shop/src/Models/Product.php
<?php
namespace Shop\Models;
use Illuminate\Database\Eloquent\Model;
class Product extends Model
{
    use Sortable { sorted as baseSorted; }
    protected $fillable = ['sku'], $hidden = ['cost'];
    // Asked by Laravel 11 and later only.
    protected function casts() { return ['sku' => 'string']; }
    public function categories() { return $this->belongsToMany(CategoryProxy::modelClass(), 'product_category'); }
    public function recurring() { return $this->belongsTo('Shop\Models\Product', 'parent_id')->isRecurring(); }
    public function sorted() { return $this->baseSorted()->orderBy('b'); }
    public function scopeIsRecurring($query) { return $query->whereNotNull('recurs'); }
    public function buyers() { return $this->belongsToMany(Buyer::class, Purchase::class)->withPivot(['amount']); }
    public function lists() { return $this->morphedByMany(Wishlist::class, 'list_entry'); }
    public function maker()
    {
        $relation = $this->belongsTo(Maker::class);
        if (config('shop.trash')) {
            $relation->withTrashed();
        }
        return $relation;
    }
    public function tags()
    {
        $relation = $this->belongsToMany(Tag::class);
        if ($this->is_tagged) {
            $relation->withPivot('weight');
        }
        return $relation;
    }
    public function maybe()
    {
        if (! $this->is_open) {
            return null;
        }
        return $this->hasOne(get_class($this), snake_case(class_basename($this)) . '_ref');
    }
    public function fromMaker() { return $this->maker->stock(); }
    public function nothing() { return $this->relations; }
    public function clients() { return $this->hasMany(\Laravel\Passport\Passport::clientModel(), 'product_id', 'sku'); }
    public function first() { return $this->second()->latest(); }
    public function second() { return $this->third(); }
    public function third() { return $this->hasMany(Tag::class); }
    public function dotted() { return $this->hasMany(Maker::class, 'makers.product_id'); }
}
//- packages/Shop/src/Models/Sortable.php
<?php
namespace Shop\Models;
trait Sortable { public function sorted() { return $this->hasMany(self::class, 'sort_id')->orderBy('a'); } }
//- packages/Shop/src/Models/CategoryProxy.php
<?php
namespace Shop\Models;
class CategoryProxy extends \Konekt\Concord\Proxies\ModelProxy {}
//- packages/Shop/src/Models/Category.php
<?php
namespace Shop\Models;
class Category extends \Illuminate\Database\Eloquent\Model { protected $primaryKey = 'category_code'; protected $guarded = []; }
//- packages/Shop/src/Models/Maker.php
<?php
namespace Shop\Models;
class Maker extends \Jenssegers\Mongodb\Eloquent\Model
{
    protected $collection = "makers_of_things";
    protected $casts = ['kinds' => \Illuminate\Database\Eloquent\Casts\AsEnumCollection::class . ':' . Kind::class];
    public function getForeignKey() { return 'made_by'; }
    public function stock() { return $this->hasMany(Product::class); }
}
//- packages/Shop/src/Models/Purchase.php
<?php
namespace Shop\Models;
class Purchase extends \Illuminate\Database\Eloquent\Relations\Pivot
{
    protected $table = 'buys';
    public function lines() { return $this->hasMany(Product::class); }
}
//- packages/Shop/src/Models/Buyer.php
<?php
namespace Shop\Models;
class Buyer extends \Illuminate\Foundation\Auth\User {}
//- packages/Shop/src/Models/Wishlist.php
<?php
namespace Shop\Models;
class Wishlist extends \Illuminate\Database\Eloquent\Model { public $timestamps = false; }
//- packages/Shop/src/Models/Tag.php
<?php
namespace Shop\Models;
class Tag extends \Illuminate\Database\Eloquent\Model {}
//- packages/Shop/src/Repositories/ProductRepository.php
<?php
namespace Shop\Repositories;
class ProductRepository extends \Prettus\Repository\Eloquent\BaseRepository {}
//- app/Process.php
<?php
namespace App;
class Process extends \Engine\Models\Process { public function run() { return true; } }
//- app/Customer.php
<?php
namespace App;
class Customer extends \Some\Package\Person { public function orders() { return $this->hasMany(Process::class); } }
