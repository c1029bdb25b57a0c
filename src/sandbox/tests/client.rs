//! A small HTTP/1.1 client on a bare socket. It sees what no comfortable client shows: cut bodies and resets.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// How a body ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// As HTTP says that it ends.
    Whole,
    /// Before that.
    Broken,
}

/// An answer as far as it came.
pub(super) struct ClientResponse {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    pub(super) end: End,
}

impl ClientResponse {
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// Where the requests go, and with which secret.
pub(super) struct Client {
    addr: SocketAddr,
    secret: String,
}

impl Client {
    pub(super) fn new(addr: SocketAddr, secret: &str) -> Self {
        Self { addr, secret: secret.to_owned() }
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> ClientResponse {
        let head = format!("Content-Type: application/json\r\nX-API-Secret-Key: {}\r\n", self.secret);
        self.request("POST", path, &head, body.to_string().as_bytes()).unwrap()
    }

    pub(super) fn get(&self, path: &str) -> ClientResponse {
        self.request("GET", path, "", b"").unwrap()
    }

    /// One request on a connection of its own; an error where no answer came.
    pub(super) fn request(
        &self,
        method: &str,
        path: &str,
        headers: &str,
        body: &[u8],
    ) -> std::io::Result<ClientResponse> {
        read(self.send(method, path, headers, body)?)
    }

    /// Sends a request and leaves the reading to the caller.
    pub(super) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &str,
        body: &[u8],
    ) -> std::io::Result<BufReader<TcpStream>> {
        let mut socket = TcpStream::connect(self.addr)?;
        socket.set_read_timeout(Some(Duration::from_secs(20)))?;
        let host = if headers.contains("Host:") { String::new() } else { format!("Host: {}\r\n", self.addr) };
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\n{host}Connection: close\r\nContent-Length: {length}\r\n{headers}\r\n"
        );
        socket.write_all(head.as_bytes())?;
        socket.write_all(body)?;
        Ok(BufReader::new(socket))
    }

    /// The headers of a call with the right secret.
    pub(super) fn json_headers(&self) -> String {
        format!("Content-Type: application/json\r\nX-API-Secret-Key: {}\r\n", self.secret)
    }
}

fn read(mut socket: BufReader<TcpStream>) -> std::io::Result<ClientResponse> {
    let (status, headers) = read_head(&mut socket)?;
    let mut answer = ClientResponse { status, headers, body: Vec::new(), end: End::Whole };
    let whole = if answer.header("transfer-encoding") == Some("chunked") {
        read_chunks(&mut socket, &mut answer.body)
    } else {
        // A 204 has none.
        let length: u64 = answer.header("content-length").map_or(0, |length| length.parse().unwrap());
        socket.take(length).read_to_end(&mut answer.body).map(|read| read as u64 == length)
    };
    if !whole.unwrap_or(false) {
        answer.end = End::Broken;
    }
    Ok(answer)
}

pub(super) fn read_head(socket: &mut BufReader<TcpStream>) -> std::io::Result<(u16, Vec<(String, String)>)> {
    let mut line = String::new();
    if socket.read_line(&mut line)? == 0 {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    let status = line.split(' ').nth(1).unwrap().parse().unwrap();
    let mut headers = Vec::new();
    loop {
        line.clear();
        socket.read_line(&mut line)?;
        match line.trim_end().split_once(": ") {
            Some((name, value)) => headers.push((name.to_owned(), value.to_owned())),
            None => return Ok((status, headers)),
        }
    }
}

/// Reads chunks to the last one; false where the connection ended before.
fn read_chunks(socket: &mut BufReader<TcpStream>, body: &mut Vec<u8>) -> std::io::Result<bool> {
    loop {
        let Some(chunk) = read_chunk(socket)? else { return Ok(false) };
        if chunk.is_empty() {
            return Ok(true);
        }
        body.extend(chunk);
    }
}

/// One chunk; the last is empty, and none comes where the connection has ended.
pub(super) fn read_chunk(socket: &mut BufReader<TcpStream>) -> std::io::Result<Option<Vec<u8>>> {
    let mut line = String::new();
    if socket.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let length = usize::from_str_radix(line.trim(), 16).unwrap();
    let mut chunk = vec![0; length + 2];
    socket.read_exact(&mut chunk)?;
    chunk.truncate(length);
    Ok(Some(chunk))
}
