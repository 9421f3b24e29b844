//! The examples that `codeproof init --models` writes, all commented out.

/// A settings file for users to take comments out of.
pub(crate) const EXAMPLES: &str = include_str!("examples.toml");

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use codeproof_llm::{Budget, ModelPool, PoolOptions, PriceTable, Provider, Spending};

    use super::*;
    use crate::settings::UserSettings;

    /// A block without its explanation, which ends where the first setting begins.
    fn uncommented(block: &str) -> String {
        let lines: Vec<&str> = block.lines().map(|line| line.strip_prefix("# ").unwrap_or_default()).collect();
        let is_setting =
            |line: &&str| line.starts_with('[') || line.split_once(" = ").is_some_and(|(key, _)| is_key(key));
        let first = lines.iter().position(is_setting).unwrap_or(lines.len());
        lines.iter().skip(first).map(|line| format!("{line}\n")).collect()
    }

    fn is_key(text: &str) -> bool {
        text.chars().all(|char| char.is_ascii_lowercase() || char == '_')
    }

    #[track_caller]
    fn settings(text: &str) -> UserSettings {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        crate::settings::load_file(file.path()).unwrap_or_else(|failure| panic!("{failure}:\n{text}"))
    }

    #[test]
    fn every_example_works_alone_and_all_work_together() {
        let blocks: Vec<String> = EXAMPLES.split("\n\n").map(uncommented).filter(|block| !block.is_empty()).collect();
        assert_eq!(blocks.len(), 13, "{blocks:#?}");
        for block in &blocks {
            settings(block);
        }
        let all = settings(&blocks.concat());
        assert_eq!((all.models.len(), all.profiles.len()), (9, 1));
        assert_eq!(all.profile.as_deref(), Some("deep"));
        let providers: Vec<Provider> = all.models.values().map(|model| model.config.provider).collect();
        for provider in Provider::ALL.iter().filter(|provider| **provider != Provider::Scripted) {
            assert!(providers.contains(provider), "{provider} has no example");
        }
        all.resolve_profile("web").unwrap();
        let deep = all.resolve_profile("deep").unwrap().expect("it has models");
        assert_eq!(deep.models.len(), 9);
    }

    #[test]
    fn every_block_of_the_page_on_models_is_accepted() {
        let page = include_str!("../../../../docs/models.md");
        let blocks: Vec<&str> =
            page.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default()).collect();
        assert!(blocks.len() >= 6, "{blocks:#?}");
        for block in &blocks {
            settings(block);
        }
        let all = settings(&blocks.concat());
        for name in ["deep", "web", "keys"] {
            all.resolve_profile(name).unwrap();
        }
    }

    #[tokio::test]
    async fn a_pool_takes_every_example_and_knows_its_price() {
        let all = settings(&EXAMPLES.split("\n\n").map(uncommented).collect::<String>());
        let configs: Vec<_> = all.models.into_values().map(|model| model.config).collect();
        let prices = PriceTable::built_in();
        for config in &configs {
            assert!(prices.price_of(config).is_some(), "{} has no price", config.name);
        }
        let options = PoolOptions::new(Budget::new(all.budget.limits(), Spending::default()), Arc::new(|| 0));
        ModelPool::open(configs, options, &|_| Some("key".repeat(9))).map(drop).unwrap();
    }
}
