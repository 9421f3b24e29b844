<?php

namespace App\Http\Middleware;

use Closure;
use Illuminate\Http\Request;

class OnlyStaff
{
    public function handle(Request $request, Closure $next)
    {
        if (! $request->user()?->is_staff) {
            abort(403);
        }

        return $next($request);
    }
}
