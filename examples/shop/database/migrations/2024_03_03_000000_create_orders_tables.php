<?php

use Illuminate\Database\Migrations\Migration;
use Illuminate\Database\Schema\Blueprint;
use Illuminate\Support\Facades\Schema;

return new class extends Migration
{
    public function up(): void
    {
        Schema::create('orders', function (Blueprint $table) {
            $table->id();
            $table->foreignId('user_id')->constrained();
            $table->timestamp('cancelled_at')->nullable();
            $table->timestamps();
            $table->softDeletes();
        });
        Schema::create('good_order', function (Blueprint $table) {
            $table->foreignId('good_id')->constrained();
            $table->foreignId('order_id')->constrained()->cascadeOnDelete();
            $table->unsignedInteger('count')->default(1);
            $table->decimal('price', 10, 2);
        });
        Schema::create('notes', function (Blueprint $table) {
            $table->id();
            $table->morphs('notable');
            $table->text('text');
            $table->timestamps();
        });
    }
};
