<?php

namespace App\Http\Controllers\Admin;

use App\Models\Good;
use App\Models\Order;

class ReportController
{
    public function sales()
    {
        return Order::query()->selectRaw('date(created_at) as day, count(*) as orders')->groupBy('day')->get();
    }

    public function stock()
    {
        return Good::query()->where('stock', '<', 5)->get();
    }

    public function returns()
    {
        return Order::query()->whereNotNull('cancelled_at')->get();
    }
}
