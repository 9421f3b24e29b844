<?php

namespace App\Models;

use Illuminate\Foundation\Auth\User as Authenticatable;

class User extends Authenticatable
{
    protected $fillable = ['name', 'email', 'password'];

    protected $hidden = ['password'];

    protected function casts(): array
    {
        return ['is_staff' => 'boolean', 'password' => 'hashed'];
    }

    public function orders()
    {
        return $this->hasMany(Order::class);
    }
}
