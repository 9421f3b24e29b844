//! `codeproof rules [ID]`.

use codeproof_detect::{Config, Detector};
use codeproof_report::TextOptions;

use crate::cli::RulesArguments;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::{output, settings};

/// Lists the rules, or explains one.
pub(crate) fn run(arguments: &RulesArguments) -> Result<Exit, Failure> {
    let mut user = settings::load_user(arguments.config.as_deref())?;
    user.rules.extend_from_slice(&arguments.rules);
    let config = Config { rule_folders: user.rules, gitleaks_config: user.gitleaks_config, ..Config::default() };
    let detector = Detector::new(config).map_err(Failure::usage)?;
    let options = TextOptions { color: output::stdout_is_colored(), width: output::terminal_width(), verbose: true };
    let Some(id) = &arguments.id else {
        output::to_stdout(|out| match arguments.json {
            true => serde_json::to_writer_pretty(&mut *out, detector.rules())
                .map_err(Into::into)
                .and_then(|()| writeln!(out)),
            false => codeproof_report::render_rules(detector.rules(), &options, out),
        })?;
        return Ok(Exit::Success);
    };
    let Some(rule) = detector.rules().iter().find(|rule| rule.id == *id) else {
        let failure = Failure::usage(format_args!("there is no rule {id:?}"));
        let near = settings::nearest(id, detector.rules().iter().map(|rule| rule.id.as_str()));
        return Err(match near {
            Some(near) => failure.help(format_args!("did you mean `{near}`?")),
            None => failure.help("`codeproof rules` lists them"),
        });
    };
    output::to_stdout(|out| match arguments.json {
        true => serde_json::to_writer_pretty(&mut *out, rule).map_err(Into::into).and_then(|()| writeln!(out)),
        false => codeproof_report::render_rule(rule, &options, out),
    })?;
    Ok(Exit::Success)
}
