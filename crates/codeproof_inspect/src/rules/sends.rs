//! Sending by other ways than requests: messages, queues, uploads. What they carry decides; the way is named by the method.

use super::super::verdict::{Level, ThreatType};
use super::network::{Host, leak};
use super::{Call, Verdict, messengers};

const LITTLE: &str = "send nothing but what the service needs, and nothing private";

/// Methods that carry something out of the machine.
const SENDING: &[&str] = &[
    "send",
    "sendall",
    "sendto",
    "sendmail",
    "send_message",
    "send_string",
    "send_json",
    "send_pyobj",
    "send_photo",
    "send_document",
    "send_file",
    "send_multipart",
    "sendMessage",
    "publish",
    "basic_publish",
    "produce",
    "emit",
    "upload",
    "upload_file",
    "upload_fileobj",
    "upload_blob",
    "upload_from_string",
    "upload_from_filename",
    "put_object",
    "files_upload",
    "upload_sync",
    "fput_object",
    "put_object_from_file",
    "chat_postMessage",
    "write_message",
    "storlines",
    "storbinary",
    "create_tweet",
    "update_status",
    "execute_webhook",
    "single",
    "multiple",
];

/// Methods that send when they are such a library's.
const SENDING_THERE: &[&str] = &[
    "create",
    "execute",
    "update",
    "append_row",
    "append_rows",
    "insert_row",
    "notify",
    "push_note",
    "index",
    "write",
    "write_points",
    "request",
];

/// Libraries whose business is to send.
const CARRIERS: &[&str] = &[
    "azure.",
    "confluent_kafka.",
    "dropbox.",
    "elasticsearch.",
    "google.cloud.",
    "googleapiclient.",
    "gspread.",
    "influxdb.",
    "influxdb_client.",
    "kafka.",
    "minio.",
    "nats.",
    "oss2.",
    "paho.",
    "pika.",
    "pydrive.",
    "pygsheets.",
    "redis.",
    "sendgrid.",
    "stomp.",
    "tweepy.",
    "webdav3.",
    "zmq.",
];

pub(super) fn judge(call: &Call<'_>) -> Option<Verdict> {
    let messenger = messengers::is_library(call.path);
    let carried = messenger || CARRIERS.iter().any(|library| call.path.starts_with(library));
    let there = SENDING_THERE.contains(&call.method()) && !(messenger && call.method() == "update");
    let sends = SENDING.contains(&call.method()) || carried && there;
    if !sends || call.path.starts_with("builtins.") {
        return None;
    }
    if let Some(leak) = leak(call.arguments.origins(), Host::Named) {
        return Some(Verdict::new(ThreatType::DataExfiltration, Level::Critical, leak, LITTLE));
    }
    if messenger {
        return Some(messengers::message(call));
    }
    carried.then(|| Verdict::new(ThreatType::ApiAbuse, Level::High, "sends data to another machine", LITTLE))
}
