<?php

namespace App\Models\Concerns;

use App\Models\Note;

trait HasNotes
{
    public function notes()
    {
        return $this->morphMany(Note::class, 'notable');
    }
}
