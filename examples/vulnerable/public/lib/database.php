<?php

/** The members' database. */
final class Database
{
    private mysqli $link;

    public function __construct(string $host)
    {
        $this->link = new mysqli($host, 'harbour', getenv('HARBOUR_DB_PASSWORD'), 'harbour');
    }

    /** Rows of a statement that holds no values of others. */
    public function query(string $statement): array
    {
        return $this->link->query($statement)->fetch_all(MYSQLI_ASSOC);
    }

    /** Members of a boat. */
    public function membersOf(int $boat): array
    {
        $statement = $this->link->prepare('SELECT name FROM members WHERE boat = ?');
        $statement->bind_param('i', $boat);
        $statement->execute();
        return $statement->get_result()->fetch_all(MYSQLI_ASSOC);
    }
}
