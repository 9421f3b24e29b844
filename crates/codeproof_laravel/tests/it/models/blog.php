//- composer.json
{"require": {"laravel/framework": "^12.0"}, "autoload": {"psr-4": {"App\\": "app/"}, "classmap": ["legacy"]}}
//- config/auth.php
<?php
return ['providers' => ['users' => ['driver' => 'eloquent', 'model' => env('AUTH_MODEL', App\Models\User::class)]]];
//- app/Models/Model.php
<?php
namespace App\Models;
use Illuminate\Database\Eloquent\{Model as Eloquent, SoftDeletes};
abstract class Model extends Eloquent
{
    use SoftDeletes;
    protected $guarded = ['id'];
    protected $casts = ['created_at' => 'datetime'];
    public function author()
    {
        return $this->belongsTo(User::class);
    }
}
//- app/Models/User.php
<?php
namespace App\Models;
use Illuminate\Foundation\Auth\User as Authenticatable;
class User extends Authenticatable
{
    const UPDATED_AT = 'changed_at';
    protected $fillable = ['name', 'email'];
    protected $hidden = ['password'];
    public $timestamps = false;
    public function posts() { return $this->hasMany('App\Models\Post', 'author_id')->latest(); }
    public function comments() { return $this->hasManyThrough(Comment::class, Post::class, 'author_id'); }
    public function newestPost() { return $this->hasOne(Post::class, 'author_id')->latestOfMany(); }
    public function topics(): \Illuminate\Database\Eloquent\Relations\BelongsToMany
    {
        return $this->belongsToMany(Topic::class)->using(TopicUser::class)->withPivot('level', 'note')->withTimestamps()->as('interest');
    }
    public function onePost() { return $this->posts()->one(); }
    public function answers() { return $this->through('posts')->has('comments'); }
    public function photos() { return $this->throughPosts(); }
    // None of these is a relationship.
    public function postCount() { return $this->posts()->count(); }
    public function firstPost() { return $this->hasMany(Post::class)->first(); }
    public function getPostsAttribute() { return $this->hasMany(Post::class); }
    public function scopeBusy($query) { return $query->has('posts'); }
    public function postsOf($topic) { return $this->hasMany(Post::class)->where('topic_id', $topic); }
    protected function hidden() { return $this->hasMany(Post::class); }
    public static function all2() { return (new static)->hasMany(Post::class); }
}
//- app/Models/Post.php
<?php
namespace App\Models;
use App\Casts\Money;
use App\Enums\State;
use App\Models\Concerns\HasTags;
use Illuminate\Database\Eloquent\Casts\AsArrayObject;
class Post extends Model
{
    use HasTags;
    protected $table = self::TABLE;
    const TABLE = 'blog_posts';
    const MORE = ['title', 'text'];
    protected $fillable = [...self::MORE, 'state'];
    protected $appends = ['summary'];
    protected function casts(): array
    {
        return array_merge(parent::casts(), ['state' => State::class, 'price' => Money::class . ':2', 'extra' => AsArrayObject::class, 'list' => [Money::class, 'eur']]);
    }
    public function comments() { return $this->hasMany(Comment::class)->where('spam', false); }
    public function editor() { return $this->belongsTo(config('auth.providers.users.model'), 'edited_by'); }
    public function parent() { return $this->belongsTo(static::class, 'parent_id')->withDefault(); }
    public function children() { return $this->hasMany(self::class, foreignKey: 'parent_id'); }
    public function same() { return $this->hasMany(__CLASS__, 'group', 'group'); }
    public function image() { return $this->morphOne(Image::class, 'imageable'); }
    public function target()
    {
        if ($this->is_link) {
            return $this->belongsTo(Link::class);
        }
        return $this->belongsTo(Image::class);
    }
    public function shares() { return $this->relate('share'); }
    protected function relate($what) { return $this->hasMany('App\\Models\\' . ucfirst($what), "shared_{$what}_id"); }
    public function odd(): \Illuminate\Database\Eloquent\Relations\HasMany { return $this->hasMany($this->kind); }
    public function gone() { return $this->hasMany(Missing::class); }
}
//- app/Models/Share.php
<?php
namespace App\Models;
class Share extends Model { protected $connection = 'archive'; protected $primaryKey = 'code'; }
//- app/Models/Concerns/HasTags.php
<?php
namespace App\Models\Concerns;
use App\Models\Tag;
trait HasTags
{
    use HasSlug;
    public function tags() { return $this->morphToMany(Tag::class, 'taggable')->withTimestamps(); }
}
//- app/Models/Concerns/HasSlug.php
<?php
namespace App\Models\Concerns;
trait HasSlug
{
    public function initializeHasSlug() { $this->casts['slug'] = 'string'; $this->mergeFillable(['slug']); $this->append('link'); }
}
//- app/Models/Tag.php
<?php
namespace App\Models;
final class Tag extends \Illuminate\Database\Eloquent\Model
{
    public function posts() { return $this->morphedByMany(Post::class, 'taggable'); }
    public function getTable() { return 'blog_' . parent::getTable(); }
}
//- app/Models/Topic.php
<?php
namespace App\Models;
class Topic extends Model
{
    public function __construct(array $attributes = [])
    {
        $this->fillable[] = 'label';
        parent::__construct($attributes);
        $this->table = 'subjects';
    }
    public function users() { return $this->belongsToMany(User::class, (new TopicUser)->getTable(), 'subject', 'person'); }
}
//- app/Models/TopicUser.php
<?php
namespace App\Models;
use Illuminate\Database\Eloquent\Relations\Pivot;
class TopicUser extends Pivot {}
//- app/Models/Comment.php
<?php
namespace App\Models;
class Comment extends Model
{
    public function post() { return $this->belongsTo(Post::class); }
    public function subject() { return $this->morphTo(); }
    public function writer() { return $this->morphTo('written_by', 'writer_class', 'writer'); }
}
//- app/Models/Image.php
<?php
namespace App\Models;
class Image extends \Eloquent { public function imageable() { return $this->morphTo(__FUNCTION__); } }
//- app/Models/Link.php
<?php
namespace App\Models;
class Link extends Model
{
    public function posts() { return new \App\Relations\HasManySorted($this); }
    protected function newHasOne($query, $parent, $foreignKey, $localKey) { return new \App\Relations\HasFirst($query, $parent, $foreignKey, $localKey); }
    public function image() { return $this->hasOne(Image::class); }
}
//- app/Relations/HasManySorted.php
<?php
namespace App\Relations;
class HasManySorted extends \Illuminate\Database\Eloquent\Relations\HasMany
{
    public function __construct($link) { parent::__construct(\App\Models\Post::query()->orderBy('x'), $link, 'posts.link_id', 'id'); }
}
//- app/Relations/HasFirst.php
<?php
namespace App\Relations;
class HasFirst extends \Illuminate\Database\Eloquent\Relations\HasOne {}
//- app/Models/Permission.php
<?php
namespace App\Models;
class Permission extends \Spatie\Permission\Models\Permission
{
    public function roles2() { return $this->belongsToMany(\Spatie\Permission\Models\Role::class); }
}
//- app/Models/Unread.php
<?php
namespace App\Models;
class Unread extends \Vendor\Package\Models\Thing { public function deep() { return $this->hasManyDeep(Comment::class, [Post::class]); } }
//- app/Casts/Money.php
<?php
namespace App\Casts;
class Money {}
//- app/Enums/State.php
<?php
namespace App\Enums;
enum State: string { case Open = 'open'; }
//- legacy/old.php
<?php
class OldThing extends Eloquent { protected $fillable = 'name'; }
class NoModel extends ArrayObject {}
//- tests/TestModel.php
<?php
namespace App\Models;
class TestModel extends Model {}
