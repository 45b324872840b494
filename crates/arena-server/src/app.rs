//! What the handlers share, and the table of routes.

use std::{ops::Deref, sync::Arc};

use arena_runtime::ArenaManager;
use axum::{Router, middleware};
use bytes::Bytes;
use tokio::sync::{Semaphore, watch};

use crate::{
    config::Config,
    console, docs,
    guard::{self, Places, Rates},
    http,
    http::Reader,
    mcp,
    metrics::Metrics,
    openapi, yardstick,
};

/// What the handlers share. Cloning it is cheap.
#[derive(Clone)]
pub(crate) struct App(Arc<Shared>);

/// The one instance behind every [`App`].
pub(crate) struct Shared {
    pub(crate) manager: ArenaManager,
    pub(crate) config: Config,
    pub(crate) metrics: Metrics,
    /// How much each caller has asked.
    pub(crate) rates: Rates,
    /// Live streams that are open.
    pub(crate) streams: Places<Reader>,
    /// Places for artifacts that are being read and stored: each is held in memory as a whole.
    pub(crate) uploads: Arc<Semaphore>,
    /// Places for receipts that are being written.
    pub(crate) receipts: Arc<Semaphore>,
    /// The OpenAPI document as JSON.
    pub(crate) openapi: Bytes,
    /// Becomes true when the server drains: waits then end early.
    pub(crate) draining: watch::Receiver<bool>,
}

impl Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl App {
    pub(crate) fn new(
        manager: ArenaManager,
        config: Config,
        openapi: Bytes,
        draining: watch::Receiver<bool>,
    ) -> Self {
        let uploads = Arc::new(Semaphore::new(config.max_uploads));
        let receipts = Arc::new(Semaphore::new(config.max_receipts));
        let metrics = Metrics::default();
        let rates = Rates::new(config.rate_limit, arena_runtime::steady_now());
        let streams = Places::new(config.max_streams_per_agent.unwrap_or(usize::MAX));
        Self(Arc::new(Shared {
            manager,
            config,
            metrics,
            rates,
            streams,
            uploads,
            receipts,
            openapi,
            draining,
        }))
    }

    /// Returns when the server begins to drain.
    pub(crate) async fn drained(&self) {
        let mut draining = self.draining.clone();
        // A server that is never told to drain never does.
        if draining.wait_for(|draining| *draining).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// All routes over `manager`, for a program that serves them itself.
pub fn router(manager: ArenaManager, config: Config) -> Router {
    // Nobody drains this one: its waits end by themselves.
    let (_, draining) = watch::channel(false);
    draining_router(manager, config, draining).0
}

/// All routes, and what is behind them.
pub(crate) fn draining_router(
    manager: ArenaManager,
    config: Config,
    draining: watch::Receiver<bool>,
) -> (Router, App) {
    let (routes, document) = http::routes(manager.has_test_clock()).split_for_parts();
    let document = openapi::complete(document);
    let openapi = serde_json::to_vec(&document).unwrap_or_default().into();
    let yardstick = if config.yardstick { yardstick::routes() } else { Router::new() };
    let app = App::new(manager, config, openapi, draining);
    let routes = routes
        .merge(docs::routes())
        .merge(console::routes())
        .merge(mcp::routes(&app))
        .merge(yardstick)
        .fallback(guard::no_such_route)
        .method_not_allowed_fallback(guard::no_such_method)
        .layer(middleware::from_fn_with_state(app.clone(), guard::watch_over))
        .with_state(app.clone());
    (routes, app)
}
