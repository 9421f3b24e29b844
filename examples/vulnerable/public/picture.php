<?php

const PICTURES = __DIR__ . '/pictures';

/** Small pictures are kept under a short name. */
function cacheName(string $picture, int $width): string
{
    return 'thumb-' . md5($picture . '@' . $width) . '.jpg';
}

/** A picture of the folder, and nothing beside it. */
function pictureFile(string $picture): ?string
{
    $path = realpath(PICTURES . '/' . basename($picture));
    return $path !== false && str_starts_with($path, PICTURES . '/') ? $path : null;
}

$file = pictureFile($_GET['picture'] ?? '');
if ($file === null) {
    http_response_code(404);
    exit;
}
header('Content-Type: image/jpeg');
header('ETag: "' . cacheName(basename($file), (int) ($_GET['width'] ?? 320)) . '"');
readfile($file);
