//! Ctrl-C and SIGTERM: the first asks the engines to stop and keep what they have, the second ends at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A flag that the first interrupt raises. Must be called inside the runtime.
pub(crate) fn stop_flag() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&stop);
    tokio::spawn(async move {
        interrupt().await;
        raised.store(true, Ordering::Relaxed);
        crate::output::to_stderr("stopping; what was found so far is kept (press Ctrl-C again to end at once)\n");
        interrupt().await;
        std::process::exit(130);
    });
    stop
}

async fn interrupt() {
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            // Without a handler the system's default stands: SIGTERM ends the process.
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        result = tokio::signal::ctrl_c() => if result.is_err() { std::future::pending::<()>().await },
        () = terminate => {}
    }
}
