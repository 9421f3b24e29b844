<?php

use App\Http\Controllers\GoodController;
use App\Http\Controllers\HomeController;
use App\Http\Controllers\OrderController;
use App\Http\Controllers\SignInController;
use Illuminate\Support\Facades\Route;

Route::get('/', HomeController::class)->name('home');
Route::view('/terms', 'terms')->name('terms');
Route::redirect('/shop', '/goods');

Route::controller(SignInController::class)->group(function () {
    Route::get('/sign-in', 'show')->middleware('guest')->name('login');
    Route::post('/sign-in', 'store')->middleware(['guest', 'throttle:10,1']);
    Route::post('/sign-out', 'destroy')->middleware('auth')->name('logout');
});

Route::resource('goods', GoodController::class)->only(['index', 'show']);

Route::middleware(['auth', 'verified'])->group(function () {
    Route::resource('orders', OrderController::class)->except(['edit', 'update']);
    Route::get('/orders/{order}/invoice', [OrderController::class, 'invoice'])->name('orders.invoice');
});

// Left outside of the group by mistake.
Route::post('/orders/{order}/cancel', [OrderController::class, 'cancel'])->name('orders.cancel');

if (env('SHOP_SALE')) {
    Route::get('/sale', [GoodController::class, 'sale'])->name('sale');
}
