//! `codeproof explain PATH:LINE`: why the calls on a line are dangerous, or why they are not.

use codeproof_detect::{Config, Detector, SiteVerdict as Verdict};
use codeproof_pipeline::{Handles, KnownSite, MaskedSnippets};
use codeproof_report::{ExplainedSite, Explanation, SiteVerdict, TextOptions};
use codeproof_types::Severity;

use super::target::ScanTarget;
use super::{ask, database, scan};
use crate::cli::{ExplainArguments, ReferencesFormat};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::progress::{ProgressMode, TerminalProgress};
use crate::settings::{self, ScanSettings};
use crate::{interrupt, output};

/// Looks at the whole program, as a scan with the user's settings does, and tells what is known of the line.
pub(crate) fn run(arguments: &ExplainArguments) -> Result<Exit, Failure> {
    let (file, line) = ask::split_place(&arguments.place).ok_or_else(|| {
        Failure::usage(format_args!("{} is no place in a file", arguments.place))
            .help("write PATH:LINE, for example `codeproof explain src/app.py:120`")
    })?;
    let (root, path) = ask::root_of(&file, arguments.root.as_deref())?;
    let mut user = settings::load_user(arguments.common.config.as_deref())?;
    user.rules.extend_from_slice(&arguments.rules);
    user.specs.extend_from_slice(&arguments.specs);
    user.jobs = arguments.common.jobs.or(user.jobs);
    // A question about one line is answered whatever the scans leave out.
    (user.min_severity, user.rules_off) = (Severity::Info, Vec::new());
    let detector = Detector::new(Config {
        rule_folders: user.rules.clone(),
        gitleaks_config: user.gitleaks_config.clone(),
        rules_off: Vec::new(),
        salt: database::salt(),
    })
    .map_err(Failure::usage)?;
    let request = scan::request(&ScanTarget::Path(root.clone()), &user, ScanSettings::new(&user, None));
    let progress = TerminalProgress::new(ProgressMode::for_stderr(user.progress && !arguments.common.no_progress));
    let found = super::runtime()?.block_on(async {
        let stop = interrupt::stop_flag();
        let cache = if user.cache { database::open_cache(&user).await } else { None };
        let handles =
            Handles { detector: &detector, store: None, cache: cache.as_ref(), progress: &progress, stop: &stop };
        codeproof_pipeline::explain(&request, &handles, &path, line).await.map_err(scan::pipeline_failure)
    })?;
    let found = found.ok_or_else(|| {
        Failure::usage(format_args!("{path} is not among the files that a scan of {} looks at", root.display()))
            .help("it must be text, not ignored by git, and not larger than the limit")
    })?;
    let explanation = Explanation {
        is_followed: found.is_followed,
        path,
        line,
        language: found.language,
        class: found.class,
        findings: found.findings,
        sites: found.sites.into_iter().map(explained).collect(),
        problems: found.problems,
    };
    let options =
        TextOptions { color: output::stdout_is_colored(), width: output::terminal_width(), verbose: arguments.verbose };
    let as_json = arguments.format == ReferencesFormat::Json;
    let snippets = MaskedSnippets::new(&root, &detector);
    output::to_stdout(|out| {
        codeproof_report::render_explanation(&explanation, as_json, Some(&snippets), &options, out)
    })?;
    Ok(Exit::Success)
}

fn explained(known: KnownSite) -> ExplainedSite {
    let site = known.site;
    ExplainedSite {
        verdict: match site.verdict {
            Verdict::Safe => SiteVerdict::Safe,
            Verdict::Unreachable => SiteVerdict::Unreachable,
            Verdict::FromCaller => SiteVerdict::FromCaller,
            Verdict::NotUnderstood => SiteVerdict::NotUnderstood,
            Verdict::Chain => SiteVerdict::Chain,
        },
        location: site.location,
        callee: site.callee,
        rule_id: site.rule_id,
        cwe: site.cwe,
        reason: site.reason,
        dropped: known.dropped.into_iter().collect(),
    }
}
