<?php

require_once __DIR__ . '/lib/database.php';

$database = new Database('localhost');
$name = $_GET['name'] ?? '';
$boats = $database->query("SELECT id, name FROM boats WHERE name LIKE '%" . $name . "%'");
?>
<h1>Boats called <?= htmlspecialchars($name, ENT_QUOTES) ?></h1>
<p id="hint"></p>
<ul>
<?php foreach ($boats as $boat) { ?>
    <li><?= htmlspecialchars($boat['name'], ENT_QUOTES) ?></li>
<?php } ?>
</ul>
<script>
    const hint = document.getElementById('hint');
    hint.innerHTML = decodeURIComponent(location.hash.slice(1));
</script>
