<?php

namespace App\Http\Controllers\Admin;

use App\Models\Category;
use App\Models\Good;
use Illuminate\Http\Request;

class GoodController
{
    public function index()
    {
        return Good::query()->withCount('orders')->get();
    }

    public function create()
    {
        return view('admin.good', ['categories' => Category::all()]);
    }

    public function store(Request $request)
    {
        return Good::create($request->only('name', 'price'));
    }

    public function edit(Good $good)
    {
        return view('admin.good', ['good' => $good, 'categories' => Category::all()]);
    }

    public function update(Request $request, Good $good)
    {
        $good->update($request->only('name', 'price'));
    }

    public function destroy(Good $good)
    {
        $good->delete();
    }
}
