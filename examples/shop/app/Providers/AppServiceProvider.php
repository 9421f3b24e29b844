<?php

namespace App\Providers;

use App\Models\Good;
use App\Models\Order;
use Illuminate\Database\Eloquent\Relations\Relation;
use Illuminate\Support\ServiceProvider;

class AppServiceProvider extends ServiceProvider
{
    public function boot(): void
    {
        Relation::enforceMorphMap(['good' => Good::class, 'order' => Order::class]);
    }
}
