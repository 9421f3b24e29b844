<?php

namespace App\Http\Controllers;

use App\Models\Good;

class HomeController
{
    public function __invoke()
    {
        return view('home', ['goods' => Good::query()->latest()->take(12)->get()]);
    }
}
