<?php

namespace App\Http\Controllers;

use App\Models\Good;

class GoodController
{
    public function index()
    {
        return Good::query()->with('categories')->paginate();
    }

    public function show(Good $good)
    {
        return view('good', ['good' => $good]);
    }

    public function sale()
    {
        return Good::query()->where('reduced', true)->get();
    }
}
