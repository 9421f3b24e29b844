//! Settings to rows.

use std::collections::HashMap;

use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, DatabaseTransaction, DbErr, EntityTrait as _, QueryFilter as _, Set,
};

use super::{AnalyzerRow, ModelRow, ProfileRow};
use crate::rows::{model_configs, profile_analyzers, profile_verifiers, scan_profiles, storable, to_json, to_word};

pub(super) async fn put_models(
    models: &[ModelRow],
    now_ms: i64,
    transaction: &DatabaseTransaction,
) -> Result<(), DbErr> {
    use model_configs::{ActiveModel, Column, Entity};
    let ids = ids_of(Entity::find().all(transaction).await?.into_iter().map(|row| (row.name, row.id)));
    for model in models {
        let row = storable(ActiveModel {
            name: Set(model.name.clone()),
            provider: Set(model.provider.clone()),
            served_name: Set(model.served_name.clone()),
            base_url: Set(model.base_url.clone()),
            api_key_env: Set(model.api_key_env.clone()),
            roles: Set(to_json(&model.roles)),
            max_concurrent: Set(model.max_concurrent.into()),
            enabled: Set(true),
            settings: Set(model.settings.clone()),
            updated_at: Set(now_ms),
            ..Default::default()
        });
        match ids.get(&model.name) {
            Some(id) => {
                Entity::update_many().set(row).filter(Column::Id.eq(*id)).exec(transaction).await?;
            }
            None => {
                row.insert(transaction).await?;
            }
        }
    }
    let gone = ActiveModel { enabled: Set(false), ..Default::default() };
    let others = Column::Name.is_not_in(models.iter().map(|model| model.name.as_str()));
    Entity::update_many().set(gone).filter(others).exec(transaction).await.map(drop)
}

pub(super) async fn put_profiles(
    profiles: &[ProfileRow],
    now_ms: i64,
    transaction: &DatabaseTransaction,
) -> Result<(), DbErr> {
    use scan_profiles::{ActiveModel, Column, Entity};
    let models = model_configs::Entity::find().all(transaction).await?;
    let models = ids_of(models.into_iter().map(|row| (row.name, row.id)));
    let ids = ids_of(Entity::find().all(transaction).await?.into_iter().map(|row| (row.name, row.id)));
    for profile in profiles {
        let investigator = profile.agentic_verifier_model.as_ref().and_then(|name| models.get(name).copied());
        let row = storable(ActiveModel {
            name: Set(profile.name.clone()),
            description: Set(profile.description.clone()),
            enabled: Set(profile.enabled),
            agentic_verifier_mode: Set(profile.agentic_verifier_mode.clone()),
            agentic_verifier_model_id: Set(investigator),
            agentic_verifier_max_steps: Set(profile.agentic_verifier_max_steps.into()),
            settings: Set(profile.settings.clone()),
            updated_at: Set(now_ms),
            ..Default::default()
        });
        let id = match ids.get(&profile.name) {
            Some(id) => {
                Entity::update_many().set(row).filter(Column::Id.eq(*id)).exec(transaction).await?;
                *id
            }
            None => row.insert(transaction).await?.id,
        };
        replace_parts(id, profile, &models, transaction).await?;
    }
    let gone = ActiveModel { enabled: Set(false), ..Default::default() };
    let others = Column::Name.is_not_in(profiles.iter().map(|profile| profile.name.as_str()));
    Entity::update_many().set(gone).filter(others).exec(transaction).await.map(drop)
}

/// Replaces the analyzers and verifiers of a profile: nothing refers to their rows.
async fn replace_parts(
    profile_id: i64,
    profile: &ProfileRow,
    models: &HashMap<String, i64>,
    transaction: &DatabaseTransaction,
) -> Result<(), DbErr> {
    let old = profile_analyzers::Entity::delete_many().filter(profile_analyzers::Column::ProfileId.eq(profile_id));
    old.exec(transaction).await?;
    let old = profile_verifiers::Entity::delete_many().filter(profile_verifiers::Column::ProfileId.eq(profile_id));
    old.exec(transaction).await?;
    for AnalyzerRow { voter, output_mode, stop_on_findings } in &profile.analyzers {
        let row = profile_analyzers::ActiveModel {
            profile_id: Set(profile_id),
            model_id: Set(models.get(&voter.model).copied()),
            model: Set(voter.model.clone()),
            name: Set(voter.name.clone()),
            enabled: Set(voter.enabled),
            run_order: Set(voter.run_order),
            file_filter: Set(to_json(&voter.file_filter)),
            language_filter: Set(to_json(&voter.language_filter)),
            prompt_template: Set(voter.prompt_template.clone()),
            settings: Set(voter.settings.clone()),
            output_mode: Set(output_mode.map(to_word)),
            stop_on_findings: Set(*stop_on_findings),
            ..Default::default()
        };
        storable(row).insert(transaction).await?;
    }
    for voter in &profile.verifiers {
        let row = profile_verifiers::ActiveModel {
            profile_id: Set(profile_id),
            model_id: Set(models.get(&voter.model).copied()),
            model: Set(voter.model.clone()),
            name: Set(voter.name.clone()),
            enabled: Set(voter.enabled),
            run_order: Set(voter.run_order),
            file_filter: Set(to_json(&voter.file_filter)),
            language_filter: Set(to_json(&voter.language_filter)),
            prompt_template: Set(voter.prompt_template.clone()),
            settings: Set(voter.settings.clone()),
            ..Default::default()
        };
        storable(row).insert(transaction).await?;
    }
    Ok(())
}

fn ids_of(rows: impl Iterator<Item = (String, i64)>) -> HashMap<String, i64> {
    rows.collect()
}
