<?php

namespace App\Http\Controllers;

use App\Models\User;
use Illuminate\Http\Request;
use Illuminate\Support\Facades\Auth;

class SignInController
{
    public function show()
    {
        return view('sign-in');
    }

    public function store(Request $request)
    {
        $known = User::query()->where('email', $request->string('email'))->exists();

        return $known && Auth::attempt($request->only('email', 'password'))
            ? redirect()->intended(route('orders.index'))
            : back()->withErrors(['email' => 'Not known.']);
    }

    public function destroy()
    {
        Auth::logout();

        return redirect()->route('home');
    }
}
