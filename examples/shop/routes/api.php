<?php

use App\Http\Controllers\GoodController;
use App\Http\Controllers\OrderController;
use Illuminate\Support\Facades\Route;

Route::prefix('v1')->name('api.')->group(function () {
    Route::get('/goods', [GoodController::class, 'index'])->name('goods');

    Route::middleware('auth:sanctum')->group(function () {
        Route::apiResource('orders', OrderController::class)->only(['index', 'show', 'store']);
        Route::get('/orders/{order}/parcels', [OrderController::class, 'parcels'])->name('orders.parcels');
    });
});
