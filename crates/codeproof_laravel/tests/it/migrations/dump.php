//- composer.json
{"require": {"laravel/framework": "^11.0"}}
//- config/database.php
<?php return ['default' => env('DB_CONNECTION', 'pgsql'), 'connections' => ['pgsql' => ['driver' => 'pgsql']]];
//- database/schema/pgsql-schema.sql
--
-- A dump; with a semicolon
--
\restrict x
SET statement_timeout = 0;
CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS $_$ BEGIN DELETE FROM users; RETURN NEW; END; $_$;
CREATE TABLE public.users (
    id bigint NOT NULL,
    name character varying(255) DEFAULT 'C:\'::character varying NOT NULL,
    "order" integer,
    seen timestamp(0) without time zone,
    team_id bigint,
    CONSTRAINT users_kind CHECK ((("order")::text = ANY (ARRAY['a'::text, 'b'::text])))
);
CREATE TABLE public.migrations (id integer NOT NULL, migration character varying(255) NOT NULL, batch integer NOT NULL);
ALTER TABLE ONLY public.users ALTER COLUMN id SET DEFAULT nextval('public.users_id_seq'::regclass);
ALTER TABLE ONLY public.users ADD CONSTRAINT users_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.users ADD CONSTRAINT users_team_id_foreign FOREIGN KEY (team_id) REFERENCES public.teams(id) ON DELETE CASCADE;
CREATE INDEX users_name_index ON public.users USING btree (name, "order");
COPY public.migrations (id, migration, batch) FROM stdin;
1	2020_01_01_000000_in_the_dump	1
\.
SELECT 1;
//- database/migrations/2020_01_01_000000_in_the_dump.php
<?php
return new class extends Migration {
    public function up() {
        Schema::create('users', function ($table) { $table->string('older_name'); });
    }
};
//- database/migrations/2021_01_01_000000_behind_the_dump.php
<?php
return new class extends Migration {
    public function up() {
        if (Schema::hasColumn('users', 'seen')) {
            Schema::table('users', function ($table) { $table->renameColumn('seen', 'seen_at'); $table->dropIndex('users_name_index'); });
        }
        if (Schema::hasColumn('users', 'older_name')) {
            Schema::drop('users');
        }
    }
};
