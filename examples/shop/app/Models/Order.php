<?php

namespace App\Models;

use Illuminate\Database\Eloquent\Model;
use Illuminate\Database\Eloquent\SoftDeletes;

class Order extends Model
{
    use Concerns\HasNotes;
    use SoftDeletes;

    protected $fillable = ['user_id', 'cancelled_at'];

    protected $casts = ['cancelled_at' => 'datetime'];

    public function user()
    {
        return $this->belongsTo(User::class);
    }

    public function goods()
    {
        return $this->belongsToMany(Good::class)->withPivot('count', 'price');
    }

    public function parcels()
    {
        return $this->hasMany(Parcel::class);
    }
}
