//! From settings and flags to how a scan uses models.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use codeproof_llm::{BudgetLimits, PriceTable};
use codeproof_pipeline::DeepRequest;

use super::database;
use crate::cli::ScanArguments;
use crate::failure::Failure;
use crate::settings::UserSettings;

/// Nano-dollars in a dollar.
const NANO: f64 = 1e9;

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
            max_cost_nano_usd: flags.max_cost.map(nano_usd).transpose()?.or(limits.max_cost_nano_usd),
            max_tokens: flags.max_tokens.or(limits.max_tokens),
            on_exceed: flags.on_exceed.map_or(limits.on_exceed, Into::into),
        },
        prices: Arc::new(match &user.llm.price_table {
            Some(path) => PriceTable::with_file(path).map_err(Failure::usage)?,
            None => PriceTable::built_in(),
        }),
        proxy: user.llm.proxy.clone(),
        variable: |name| std::env::var(name).ok(),
        now_ms,
        keep_exchanges: user.llm.keep_exchanges && !flags.no_keep,
        use_answers: user.cache,
        secret: database::salt(),
    }))
}

fn nano_usd(usd: f64) -> Result<u64, Failure> {
    match usd.is_finite() && (0.0..1e6).contains(&usd) {
        true => Ok((usd * NANO).round() as u64),
        false => Err(Failure::usage(format_args!("{usd} is no cost limit"))
            .help("give dollars between 0 and 1000000, for example --max-cost 0.5")),
    }
}

fn now_ms() -> i64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX)
}
