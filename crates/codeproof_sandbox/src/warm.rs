//! The warm server: packages are imported once, then every run is a fork. The server is trusted code alone in its
//! sandbox; each run gets namespaces, places, rights, limits and a filter of its own (`warm_server.py`).
//!
//! A request on the wire: a length (`u32`, little endian) with three descriptors (standard output, standard error, the
//! report's socket), that many bytes of JSON, then the contents of its files. The report is the helper's.

use std::io::{self, IoSlice, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Stdio;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};

use crate::group::Group;
use crate::helper::{OUTER, limits};
use crate::memory::{self, Resident};
use crate::order::{Report, receive, send};
use crate::process::{Helper, PATIENCE};
use crate::run::{gone, outcome, refusal};
use crate::watch::{Outputs, Place, Watch};
use crate::{Ending, Error, Job, Outcome, Part, Policy, layout};

/// Processes of the sandbox itself that count with a run's: the helper, the server, the run's guard.
const OTHERS: u64 = 3;

/// Processes with the server's memory during a run: itself, the guard and the program. They share it, and it is counted
/// in each by the quick sum.
const COPIES: u64 = 3;

/// A server that waits for jobs. When this value goes, it ends.
pub struct Warm {
    helper: Helper,
    requests: UnixStream,
    base: Job,
    place: Place,
    weaker: Vec<Part>,
    /// Ends with the server, after it.
    group: Option<Group>,
}

impl Warm {
    pub(crate) fn start(
        helper: &Path,
        job: &Job,
        policy: &Policy,
        weaker: Vec<Part>,
        preload: &[&str],
    ) -> Result<Self, Error> {
        if weaker.contains(&Part::UserNamespace) {
            let why = "a server would keep its caller's own rights; programs run one by one".to_owned();
            return Err(Error::Setup { step: "warm server".to_owned(), why });
        }
        let order = layout::server_order(job, policy, &weaker, preload)?;
        let (requests, theirs) = UnixStream::pair()?;
        let helper = Helper::start(helper, OUTER, Stdio::from(OwnedFd::from(theirs)), Stdio::null())?;
        let group = helper.bounded(policy);
        send(&helper.control, &order).map_err(|_| gone())?;
        requests.set_write_timeout(Some(PATIENCE))?;
        let place = Place { root: helper.id(), idle: Resident::default() };
        let mut server = Self { helper, requests, base: job.clone(), place, weaker, group };
        server.wait_until_ready(policy)?;
        let (quick, exact) = (COPIES * memory::quick(place.root), memory::exact(place.root));
        server.place.idle = Resident { quick, exact };
        Ok(server)
    }

    /// Runs a job in a fork of the server. Comes back when no process of it is left.
    ///
    /// # Errors
    /// As [`Sandbox::run`](crate::Sandbox::run); and when the job needs another server than this.
    pub fn run(&mut self, job: &Job, policy: &Policy) -> Result<Outcome, Error> {
        if !self.serves(job) {
            return Err(Error::Layout(
                "the job's interpreter, folders or modules are not the warm server's".to_owned(),
            ));
        }
        let ended_before = self.ended_for_memory();
        let (mut watch, outputs) = Watch::new()?;
        let (control, theirs) = UnixStream::pair()?;
        self.request(job, policy, outputs, theirs)?;
        let report = watch.follow(&control, self.place, policy);
        if !matches!(report, Ok(Some(_))) {
            self.helper.end(false)?;
        }
        let outcome = outcome(watch, report?.ok_or_else(gone)?, policy)?;
        let ran_out = self.ended_for_memory() > ended_before;
        let ending = if ran_out { Ending::Memory } else { outcome.ending };
        Ok(Outcome { weaker: self.weaker.clone(), ending, ..outcome })
    }

    fn ended_for_memory(&self) -> u64 {
        self.group.as_ref().map_or(0, Group::ended_for_memory)
    }

    /// Whether the job sees what this server was started with.
    pub fn serves(&self, job: &Job) -> bool {
        let base = &self.base;
        (&base.python, &base.folders, &base.modules, &base.environment)
            == (&job.python, &job.folders, &job.modules, &job.environment)
    }

    fn wait_until_ready(&self, policy: &Policy) -> Result<(), Error> {
        let seconds = i64::try_from(policy.wall_time.as_secs().clamp(1, 3600)).unwrap_or(3600);
        let time = Timespec { tv_sec: seconds, tv_nsec: 0 };
        let control = &self.helper.control;
        let mut watched = [PollFd::new(&self.requests, PollFlags::IN), PollFd::new(control, PollFlags::IN)];
        let count = poll(&mut watched, Some(&time)).map_err(io::Error::from)?;
        let is_refused = !watched[1].revents().is_empty();
        if count == 0 {
            return Err(Error::Setup { step: "warm server".to_owned(), why: "it did not start in time".to_owned() });
        }
        let mut word = [0];
        let mut requests = &self.requests;
        if !is_refused && requests.read(&mut word)? == 1 {
            return Ok(());
        }
        control.set_read_timeout(Some(PATIENCE))?;
        match receive::<Report>(control)? {
            Some(Report::Ended { .. }) => Err(Error::Setup {
                step: "warm server".to_owned(),
                why: format!("Python {} cannot serve; programs run one by one", self.base.python.version()),
            }),
            Some(report) => Err(refusal(report)),
            None => Err(gone()),
        }
    }

    /// Sends one request. The ends of the pipes are the server's from here on.
    fn request(&self, job: &Job, policy: &Policy, outputs: Outputs, report: UnixStream) -> Result<(), Error> {
        let placed = layout::placed(job, policy)?;
        let limits = limits::table(&placed.limits, OTHERS).map(|(name, _, value)| (name, value));
        let description = serde_json::json!({
            "program": placed.program,
            "arguments": job.arguments,
            "modules": placed.modules,
            "files": placed.files.iter().map(|(place, content)| (place, content.len())).collect::<Vec<_>>(),
            "collect": placed.collection.names,
            "collected_bytes": placed.collection.bytes,
            "scratch_bytes": placed.limits.scratch_bytes,
            "limits": limits.map(|(name, value)| (name, i64::try_from(value).unwrap_or(i64::MAX))).to_vec(),
        })
        .to_string();
        let length = u32::try_from(description.len()).map_err(io::Error::other)?.to_le_bytes();
        let descriptors = [outputs.0.as_fd(), outputs.1.as_fd(), report.as_fd()];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(3))];
        let mut ancillary = SendAncillaryBuffer::new(&mut space);
        ancillary.push(SendAncillaryMessage::ScmRights(&descriptors));
        sendmsg(&self.requests, &[IoSlice::new(&length)], &mut ancillary, SendFlags::NOSIGNAL)
            .map_err(io::Error::from)?;
        let mut requests = &self.requests;
        requests.write_all(description.as_bytes())?;
        placed.files.iter().try_for_each(|(_, content)| requests.write_all(content))?;
        Ok(())
    }
}
