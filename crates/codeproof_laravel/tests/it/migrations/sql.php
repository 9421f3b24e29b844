//- composer.json
{"require": {"laravel/framework": "^11.0"}}
//- config/database.php
<?php return ['default' => 'mysql', 'connections' => ['mysql' => ['driver' => 'mysql']]];
//- database/migrations/2024_01_01_000000_raw.php
<?php
return new class extends Migration {
    public function up(): void
    {
        DB::statement('CREATE TABLE `logs` (
            `id` bigint unsigned NOT NULL AUTO_INCREMENT, -- the key; not the end
            `level` enum(\'low\',\'it\\\'s; high\') NOT NULL DEFAULT \'low\',
            `amount` decimal(10,2) DEFAULT 0.00,
            `at` timestamp(3) NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
            `user_id` int(10) unsigned DEFAULT NULL,
            PRIMARY KEY (`id`), UNIQUE KEY `by_level` (`level`(10),`at` DESC),
            KEY `by_user` (`user_id`) USING BTREE,
            CONSTRAINT `logs_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE SET NULL ON UPDATE CASCADE
        ) ENGINE=InnoDB COMMENT=\'a; b\'');
        DB::statement('TRUNCATE logs');
        DB::statement('CREATE TABLE logs_new LIKE logs');
        DB::statement('CREATE TABLE logs_old AS SELECT * FROM logs');
        if (Schema::hasColumn('logs_new', 'level')) {
            Schema::table('logs_new', function ($table) { $table->dropColumn('level'); });
        }
        if (! Schema::hasColumn('logs_old', 'level')) {
            Schema::table('logs_old', function ($table) { $table->string('level'); });
        }
    }
};
//- database/migrations/2024_02_01_000000_more.php
<?php
return new class extends Migration {
    public function up(): void
    {
        DB::unprepared(<<<'SQL'
            /* two statements; of one text */
            ALTER TABLE logs ADD COLUMN `note` text AFTER level, MODIFY amount decimal(12,3) NOT NULL,
                CHANGE `at` `moment` datetime, DROP COLUMN user_id, DROP FOREIGN KEY logs_user, DROP INDEX by_user;
            CREATE TRIGGER t BEFORE INSERT ON logs FOR EACH ROW BEGIN DELETE FROM other; IF 1 THEN SET @a = 1; END IF; END;
            RENAME TABLE logs TO journal;
            SQL);
        $table = 'journal';
        DB::connection()->getPdo()->exec("truncate table $table");
        DB::delete('delete from journal where id = 1');
        DB::delete('delete from journal');
        DB::statement('DROP TABLE IF EXISTS `a`, `b`');
        DB::statement('DROP VIEW IF EXISTS v');
        DB::statement("ALTER TABLE " . env('UNKNOWN_TABLE') . " DROP COLUMN x");
        DB::statement("UPDATE journal SET note = 'DROP TABLE journal'");
    }
    public function down(): void
    {
        DB::statement('DROP TABLE journal');
    }
};
