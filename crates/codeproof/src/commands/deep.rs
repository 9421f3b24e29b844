//! From settings and flags to how a scan uses models.

use codeproof_llm::BudgetLimits;
use codeproof_pipeline::DeepRequest;

use super::{database, models};
use crate::cli::ScanArguments;
use crate::failure::Failure;
use crate::settings::UserSettings;

/// How the scan uses models; `None` keeps it offline.
///
/// # Errors
/// A profile, model, template or limit that cannot work.
pub(super) fn request(arguments: &ScanArguments, user: &UserSettings) -> Result<Option<DeepRequest>, Failure> {
    let flags = &arguments.deep;
    let name = flags.profile.as_deref().or(user.profile.as_deref());
    let Some(resolved) = name.map(|name| user.resolve_profile(name)).transpose()?.flatten() else {
        return Ok(None);
    };
    let limits = user.budget.limits();
    Ok(Some(DeepRequest {
        profile: resolved.profile,
        models: resolved.models,
        limits: BudgetLimits {
            max_cost_nano_usd: flags.max_cost.map_or(limits.max_cost_nano_usd, |limit| limit.0),
            max_tokens: flags.max_tokens.or(limits.max_tokens),
            on_exceed: flags.on_exceed.map_or(limits.on_exceed, Into::into),
        },
        prices: models::price_table(user)?,
        proxy: user.llm.proxy.clone(),
        variable: |name| std::env::var(name).ok(),
        now_ms: super::now_ms,
        keep_exchanges: user.llm.keep_exchanges && !flags.no_keep,
        use_answers: user.cache,
        secret: database::salt(),
    }))
}
