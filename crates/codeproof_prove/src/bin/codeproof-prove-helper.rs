//! Nothing but the sandbox's helper, for programs whose own `main` cannot be one: this crate's tests.

fn main() {
    codeproof_sandbox::enter_if_helper(std::env::args_os());
    eprintln!("this program is started by codeproof's sandbox only");
}
