<?php

namespace App\Models;

use Illuminate\Database\Eloquent\Model;

class Category extends Model
{
    public function parent()
    {
        return $this->belongsTo(self::class);
    }

    public function goods()
    {
        return $this->belongsToMany(Good::class);
    }
}
