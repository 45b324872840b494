//! The MCP clients whose configuration is known.

use std::path::PathBuf;

use clap::ValueEnum;
use serde_json::{Map, Value, json};

/// A client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Kind {
    ClaudeCode,
    ClaudeDesktop,
    Cursor,
    Vscode,
    Codex,
    Gemini,
    Windsurf,
    Zed,
    Opencode,
}

/// What a client is to be told of.
pub(super) enum Server {
    /// A program that it starts.
    Process { program: PathBuf, arguments: Vec<String>, token: String },
    /// A server that it asks.
    Http { url: String, token: String },
}

impl Kind {
    pub(super) const ALL: [Self; 9] = [
        Self::ClaudeCode,
        Self::ClaudeDesktop,
        Self::Cursor,
        Self::Vscode,
        Self::Codex,
        Self::Gemini,
        Self::Windsurf,
        Self::Zed,
        Self::Opencode,
    ];

    /// What it is called.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::ClaudeCode => "Claude Code",
            Self::ClaudeDesktop => "Claude Desktop",
            Self::Cursor => "Cursor",
            Self::Vscode => "VS Code",
            Self::Codex => "Codex CLI",
            Self::Gemini => "Gemini CLI",
            Self::Windsurf => "Windsurf",
            Self::Zed => "Zed",
            Self::Opencode => "opencode",
        }
    }

    /// Where it goes.
    pub(super) const fn file(self) -> &'static str {
        match self {
            Self::ClaudeCode => ".mcp.json in the project",
            Self::ClaudeDesktop => "claude_desktop_config.json",
            Self::Cursor => ".cursor/mcp.json in the project, or ~/.cursor/mcp.json",
            Self::Vscode => ".vscode/mcp.json in the project",
            Self::Codex => "~/.codex/config.toml",
            Self::Gemini => ".gemini/settings.json in the project, or ~/.gemini/settings.json",
            Self::Windsurf => "~/.codeium/windsurf/mcp_config.json",
            Self::Zed => "settings.json",
            Self::Opencode => "opencode.json in the project",
        }
    }

    /// The text to paste.
    pub(super) fn configuration(self, name: &str, server: &Server) -> String {
        match self {
            Self::Codex => toml_of(name, server),
            Self::ClaudeCode
            | Self::ClaudeDesktop
            | Self::Cursor
            | Self::Vscode
            | Self::Gemini
            | Self::Windsurf
            | Self::Zed
            | Self::Opencode => {
                let mut named = Map::new();
                named.insert(name.to_owned(), self.entry(server));
                let mut all = Map::new();
                all.insert(self.section().to_owned(), Value::Object(named));
                serde_json::to_string_pretty(&Value::Object(all)).unwrap_or_default()
            }
        }
    }

    /// Under which name its file lists servers.
    const fn section(self) -> &'static str {
        match self {
            Self::Vscode => "servers",
            Self::Zed => "context_servers",
            Self::Opencode => "mcp",
            Self::Codex => "mcp_servers",
            Self::ClaudeCode | Self::ClaudeDesktop | Self::Cursor | Self::Gemini | Self::Windsurf => {
                "mcpServers"
            }
        }
    }

    fn entry(self, server: &Server) -> Value {
        match server {
            Server::Process { program, arguments, token } => {
                let environment = json!({"ARENA_TOKEN": token});
                match self {
                    Self::Opencode => {
                        let mut command = vec![program.display().to_string()];
                        command.extend(arguments.iter().cloned());
                        json!({"type": "local", "command": command, "environment": environment})
                    }
                    Self::ClaudeCode | Self::Vscode => {
                        json!({"type": "stdio", "command": program, "args": arguments, "env": environment})
                    }
                    Self::ClaudeDesktop
                    | Self::Cursor
                    | Self::Codex
                    | Self::Gemini
                    | Self::Windsurf
                    | Self::Zed => json!({"command": program, "args": arguments, "env": environment}),
                }
            }
            Server::Http { url, token } => {
                let headers = json!({"Authorization": format!("Bearer {token}")});
                match self {
                    Self::ClaudeCode | Self::Vscode => {
                        json!({"type": "http", "url": url, "headers": headers})
                    }
                    Self::Gemini => json!({"httpUrl": url, "headers": headers}),
                    Self::Windsurf => json!({"serverUrl": url, "headers": headers}),
                    Self::Opencode => json!({"type": "remote", "url": url, "headers": headers}),
                    Self::ClaudeDesktop | Self::Cursor | Self::Codex | Self::Zed => {
                        json!({"url": url, "headers": headers})
                    }
                }
            }
        }
    }
}

/// Codex is told in TOML.
fn toml_of(name: &str, server: &Server) -> String {
    let text = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let name = text(name);
    match server {
        Server::Process { program, arguments, token } => {
            let arguments: Vec<String> = arguments.iter().map(|argument| text(argument)).collect();
            format!(
                "[mcp_servers.{name}]\ncommand = {}\nargs = [{}]\nenv = {{ ARENA_TOKEN = {} }}",
                text(&program.display().to_string()),
                arguments.join(", "),
                text(token)
            )
        }
        Server::Http { url, token } => {
            format!(
                "[mcp_servers.{name}]\nurl = {}\nhttp_headers = {{ Authorization = {} }}",
                text(url),
                text(&format!("Bearer {token}"))
            )
        }
    }
}
