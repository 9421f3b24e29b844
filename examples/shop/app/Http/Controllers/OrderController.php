<?php

namespace App\Http\Controllers;

use App\Models\Good;
use App\Models\Order;
use Illuminate\Http\Request;

class OrderController
{
    public function index(Request $request)
    {
        return Order::query()->whereBelongsTo($request->user())->get();
    }

    public function create()
    {
        return view('order', ['goods' => Good::all()]);
    }

    public function store(Request $request)
    {
        $order = Order::create(['user_id' => $request->user()->id]);
        $order->goods()->attach($request->array('goods'));

        return redirect()->route('orders.show', $order);
    }

    public function show(Order $order)
    {
        return $order->load('goods', 'notes');
    }

    public function destroy(Order $order)
    {
        $order->delete();

        return redirect()->route('orders.index');
    }

    public function cancel(Order $order)
    {
        $order->update(['cancelled_at' => now()]);

        return redirect()->route('order.show', $order);
    }

    public function invoice(Order $order)
    {
        return view('invoice', ['order' => $order]);
    }
}
