<?php

use App\Http\Controllers\Admin\GoodController;
use App\Http\Controllers\Admin\ReportController;
use Illuminate\Support\Facades\Route;

Route::resource('goods', GoodController::class)->except(['show']);

foreach (['sales', 'stock', 'returns'] as $report) {
    Route::get("/reports/$report", [ReportController::class, $report])->name("reports.$report");
}
