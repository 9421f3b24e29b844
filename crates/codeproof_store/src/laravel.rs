//! Maps of Laravel applications as rows: a repository's are replaced as a whole, in one transaction.

use codeproof_types::ContentHash;
use codeproof_types::laravel::LaravelMap;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, DatabaseTransaction, DbErr, EntityTrait as _, QueryFilter as _, Set,
};
use uuid::Uuid;

use crate::rows::{eloquent_models, insert, migrations, repositories, routes, storable, storable_text, to_integer};
use crate::{Error, Store};

/// A tree whose applications were mapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedRepository {
    /// The canonical folder, or the URL: what it is known by.
    pub root: String,
    /// What people call it.
    pub name: String,
    /// The commit, when the files came from one.
    pub commit: Option<String>,
    /// How many files it has, when that is known.
    pub files: Option<u64>,
}

/// An application of a repository.
#[derive(Debug, Clone, Copy)]
pub struct MappedApplication<'m> {
    /// Its folder in the repository, with `/`; empty for the root.
    pub subfolder: &'m str,
    /// All of what it registers.
    pub map: &'m LaravelMap,
}

/// A row of `repositories`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepositoryRecord {
    /// Row id.
    pub id: i64,
    /// UUIDv7, for the outside.
    pub public_id: String,
    /// The canonical folder, or the URL.
    pub root: String,
    /// What people call it.
    pub name: String,
    /// `laravel`, when it is an application of it.
    pub detected_framework: Option<String>,
    /// The framework's version.
    pub framework_version: Option<String>,
    /// Rows of `routes`.
    pub routes: u64,
    /// Rows of `migrations` that run upwards.
    pub migrations: u64,
    /// Rows of `eloquent_models`.
    pub models: u64,
    /// When it was mapped last, milliseconds since 1970 UTC.
    pub last_indexed_at_ms: Option<i64>,
    /// Of which commit.
    pub last_indexed_commit: Option<String>,
}

/// What every row of one map has in common.
pub(crate) struct RowContext {
    pub(crate) repo_id: i64,
    pub(crate) subfolder: String,
    pub(crate) now_ms: i64,
}

impl Store {
    /// Writes the maps of a repository's applications in place of those it had; the repository's row is made when there
    /// is none. One transaction: others see the old rows or the new.
    ///
    /// # Errors
    /// When the database cannot be written; the rows are then as they were.
    pub async fn replace_maps(
        &self,
        repository: &MappedRepository,
        applications: &[MappedApplication<'_>],
    ) -> Result<i64, Error> {
        let failed = self.failed("write the map of a repository");
        let now_ms = (self.options.now_ms)();
        let transaction = self.begin().await.map_err(&failed)?;
        let id = put_repository(repository, applications, now_ms, &transaction).await.map_err(&failed)?;
        replace_rows(id, applications, now_ms, &transaction).await.map_err(&failed)?;
        transaction.commit().await.map_err(&failed)?;
        Ok(id)
    }

    /// The repository at this root, as it was mapped last.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn repository(&self, root: &str) -> Result<Option<RepositoryRecord>, Error> {
        let found = repositories::Entity::find().filter(repositories::Column::RootHash.eq(hash_of(root)));
        let row = found.one(&self.db).await.map_err(self.failed("read a repository"))?;
        let count = |number: i64| u64::try_from(number).unwrap_or(0);
        Ok(row.map(|row| RepositoryRecord {
            id: row.id,
            public_id: row.public_id,
            root: row.root,
            name: row.name,
            detected_framework: row.detected_framework,
            framework_version: row.framework_version,
            routes: count(row.route_count),
            migrations: count(row.migration_count),
            models: count(row.model_count),
            last_indexed_at_ms: row.last_indexed_at,
            last_indexed_commit: row.last_indexed_commit,
        }))
    }
}

fn hash_of(root: &str) -> String {
    ContentHash::of(storable_text(root.to_owned()).as_bytes()).to_string()
}

async fn put_repository(
    repository: &MappedRepository,
    applications: &[MappedApplication<'_>],
    now_ms: i64,
    transaction: &DatabaseTransaction,
) -> Result<i64, DbErr> {
    use repositories::{ActiveModel, Column, Entity};
    let total = |count: fn(&LaravelMap) -> usize| to_integer(applications.iter().map(|it| count(it.map) as u64).sum());
    let hash = hash_of(&repository.root);
    let known = Entity::find().filter(Column::RootHash.eq(hash.as_str())).one(transaction).await?;
    let mut row = ActiveModel {
        name: Set(repository.name.clone()),
        detected_framework: Set((!applications.is_empty()).then(|| "laravel".to_owned())),
        framework_version: Set(applications.iter().find_map(|it| it.map.framework_version.clone())),
        index_status: Set("ready".to_owned()),
        index_error: Set(None),
        last_indexed_at: Set(Some(now_ms)),
        last_indexed_commit: Set(repository.commit.clone()),
        route_count: Set(total(|map| map.routes.len())),
        migration_count: Set(total(|map| map.migrations.len())),
        model_count: Set(total(|map| map.models.len())),
        updated_at: Set(now_ms),
        ..Default::default()
    };
    if let Some(files) = repository.files {
        row.file_count = Set(to_integer(files));
    }
    if let Some(known) = known {
        Entity::update_many().set(storable(row)).filter(Column::Id.eq(known.id)).exec(transaction).await?;
        return Ok(known.id);
    }
    let new = ActiveModel {
        public_id: Set(Uuid::now_v7().to_string()),
        full_name: Set(repository.name.clone()),
        private: Set(true),
        root: Set(repository.root.clone()),
        root_hash: Set(hash),
        file_count: Set(to_integer(repository.files.unwrap_or(0))),
        symbol_count: Set(0),
        created_at: Set(now_ms),
        ..row
    };
    Ok(storable(new).insert(transaction).await?.id)
}

async fn replace_rows(
    repo_id: i64,
    applications: &[MappedApplication<'_>],
    now_ms: i64,
    transaction: &DatabaseTransaction,
) -> Result<(), DbErr> {
    routes::Entity::delete_many().filter(routes::Column::RepoId.eq(repo_id)).exec(transaction).await?;
    migrations::Entity::delete_many().filter(migrations::Column::RepoId.eq(repo_id)).exec(transaction).await?;
    eloquent_models::Entity::delete_many()
        .filter(eloquent_models::Column::RepoId.eq(repo_id))
        .exec(transaction)
        .await?;
    for application in applications {
        let context = RowContext { repo_id, subfolder: application.subfolder.to_owned(), now_ms };
        let map = application.map;
        insert(map.routes.iter().map(|route| routes::row(&context, route)).collect(), transaction).await?;
        let up = map.migrations.iter().map(|operation| migrations::row(&context, "up", operation));
        let down = map.rollbacks.iter().map(|operation| migrations::row(&context, "down", operation));
        insert(up.chain(down).collect(), transaction).await?;
        insert(map.models.iter().map(|model| eloquent_models::row(&context, model)).collect(), transaction).await?;
    }
    Ok(())
}
