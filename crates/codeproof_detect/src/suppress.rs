//! Comments that accept a finding, and why.
