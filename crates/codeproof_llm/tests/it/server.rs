//! A server on a loopback socket that says what a test wants and keeps what it was asked.

use std::sync::{Arc, Mutex};

use codeproof_llm::{ModelConfig, Provider};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What was asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// 1 for the first request.
    pub(crate) number: usize,
    /// Method, path, version.
    pub(crate) line: String,
    /// In the order they came, names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Value,
}

/// What to answer.
#[derive(Clone, Debug)]
pub(crate) enum Say {
    /// A whole answer: status, further headers, body.
    Answer(u16, Vec<(String, String)>, String),
    /// Half of that answer, then nothing.
    Cut(String),
    /// Nothing at all.
    Drop,
    /// Nothing, for ever.
    Hang,
    /// A body that never ends.
    Endless,
}

impl Say {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::Answer(status, Vec::new(), body.to_string())
    }
}

type Script = Arc<dyn Fn(&Asked) -> Say + Send + Sync>;

pub(crate) struct Server {
    address: std::net::SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    pub(crate) async fn start(script: impl Fn(&Asked) -> Say + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port is free");
        let address = listener.local_addr().expect("it is bound");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (script, log): (Script, _) = (Arc::new(script), Arc::clone(&asked));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // The test ends before its connections do; what they say then interests nobody.
                tokio::spawn(serve(stream, Arc::clone(&script), Arc::clone(&log)));
            }
        });
        Self { address, asked, task }
    }

    /// A model of this server.
    pub(crate) fn model(&self, provider: Provider) -> ModelConfig {
        let mut model = ModelConfig::new("m", provider);
        model.roles.insert(codeproof_llm::Role::Analyzer);
        model.base_url = Some(self.url());
        model
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Everything it was asked so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("no test panics while it serves").clone()
    }

    /// How many prompts each request had.
    pub(crate) fn list_sizes(&self) -> Vec<usize> {
        self.asked().iter().map(Asked::prompts).collect()
    }
}

impl Asked {
    /// Prompts of a completions request.
    pub(crate) fn prompts(&self) -> usize {
        self.body["prompt"].as_array().map_or(1, Vec::len)
    }

    /// A good answer of the completions API: each prompt's last word.
    pub(crate) fn echo(&self) -> Say {
        let prompts = self.body["prompt"].as_array().cloned().unwrap_or_else(|| vec![self.body["prompt"].clone()]);
        let last_word =
            |prompt: &Value| prompt.as_str().and_then(|text| text.split_whitespace().last()).map(str::to_owned);
        let choices: Vec<Value> = prompts
            .iter()
            .enumerate()
            .rev()
            .map(|(index, prompt)| json!({"index": index, "text": last_word(prompt), "finish_reason": "stop"}))
            .collect();
        let tokens = 10 * prompts.len();
        Say::json(200, &json!({"choices": choices, "usage": {"prompt_tokens": tokens, "completion_tokens": tokens}}))
    }
}

async fn serve(stream: TcpStream, script: Script, log: Arc<Mutex<Vec<Asked>>>) -> Option<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let mut asked = read(&mut stream).await?;
        let say = {
            let mut log = log.lock().ok()?;
            asked.number = log.len() + 1;
            log.push(asked.clone());
            script(&asked)
        };
        match say {
            Say::Answer(status, headers, body) => write(&mut stream, status, &headers, &body, body.len()).await?,
            Say::Cut(body) => {
                write(&mut stream, 200, &[], &body, body.len() / 2).await?;
                return None;
            }
            Say::Drop => return None,
            Say::Hang => std::future::pending().await,
            Say::Endless => {
                stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.ok()?;
                loop {
                    stream.write_all(&[b' '; 4_096]).await.ok()?;
                }
            }
        }
    }
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<Asked> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok().filter(|bytes| *bytes > 0)?;
        match line.trim_end() {
            "" => break,
            text => lines.push(text.to_owned()),
        }
    }
    let header = |line: &String| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
    let headers: Vec<(String, String)> = lines.iter().skip(1).filter_map(header).collect();
    let length = headers.iter().find(|(name, _)| name == "content-length")?.1.parse().ok()?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(Asked { number: 0, line: lines.swap_remove(0), headers, body: serde_json::from_slice(&body).ok()? })
}

async fn write(
    stream: &mut BufReader<TcpStream>,
    status: u16,
    headers: &[(String, String)],
    body: &str,
    bytes: usize,
) -> Option<()> {
    let mut head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(format!("{head}\r\n").as_bytes()).await.ok()?;
    stream.write_all(&body.as_bytes()[..bytes]).await.ok()
}
