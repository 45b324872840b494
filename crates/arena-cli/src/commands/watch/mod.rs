//! `arena watch`: an arena while it works, as a view on a terminal, as lines elsewhere.

mod line;
mod screen;
mod time;
mod view;

use std::{
    io::{IsTerminal, stdout},
    time::Duration,
};

use arena_api::{
    arenas::{State, StateQuery},
    client::{Client, Error, Told},
    events::EventQuery,
};
use arena_core::{ArenaId, Sequence, collaboration::Status};
use clap::Args;
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::mpsc,
    task::JoinSet,
    time::MissedTickBehavior,
};

use self::{screen::Screen, time::ServerTime, view::View};
use super::{events::line, show};
use crate::{
    exit::Exit,
    failure::Failure,
    live::{Heard, Live},
    session::Session,
};

/// How often the view is drawn: leases count down.
const REDRAW: Duration = Duration::from_millis(250);
/// How many events of before are shown at first.
const BEFORE: u64 = 20;
/// The keys that end it: `q`, and Ctrl-C where a terminal sends it as a key.
const QUIT: [u8; 3] = [b'q', b'Q', 3];

/// Which arena.
#[derive(Args, Debug)]
pub(crate) struct Watch {
    /// The arena
    arena: ArenaId,
}

impl Watch {
    /// Shows it until it is archived, or until `q` or Ctrl-C.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let query = EventQuery { snapshot: Some(1), ..EventQuery::default() };
        let mut live = Live::new(session.client.follow(self.arena, &query).await?);
        let state = loop {
            if let Heard::Told(Told::Snapshot(text)) = live.next().await? {
                break read(&text)?;
            }
        };
        let is_over = state.arena.status == Status::Archived;
        let has_screen = stdout().is_terminal() && std::env::var("TERM").is_ok_and(|term| term != "dumb");
        if has_screen && !session.output.is_json() && !is_over {
            return self.draw(session, live, state).await;
        }
        session.output.answer(&state, show::page)?;
        if is_over { Ok(()) } else { print(session, live).await }
    }

    /// The view as it begins: with what happened last.
    async fn begun(&self, session: &Session, state: State) -> Result<View, Failure> {
        let after = Sequence::new(state.arena.sequence.get().saturating_sub(BEFORE));
        let query = EventQuery { after: Some(after), ..EventQuery::default() };
        let page = session.read(session.client.events(self.arena, &query)).await?;
        // The stream tells what came since the state.
        let before: Vec<_> =
            page.items.into_iter().filter(|event| event.sequence <= state.arena.sequence).collect();
        Ok(View::of(state, &before))
    }

    async fn draw(&self, session: &Session, live: Live, state: State) -> Result<(), Failure> {
        let internal = |error: std::io::Error| Failure::new(Exit::Refused, "internal", error.to_string());
        let mut view = self.begun(session, state).await?;
        let mut time = ServerTime::here().asked(&session.client).await;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(internal)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(internal)?;
        let mut resized = signal(SignalKind::window_change()).map_err(internal)?;
        let mut heard = heard(live);
        // Read beside the drawing, so that keys and signals are heard meanwhile.
        let mut reading = JoinSet::new();
        let mut tick = tokio::time::interval(REDRAW);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let screen = Screen::enter();
        let mut keys = screen::keys();
        let ended = loop {
            tokio::select! {
                heard = heard.recv() => match heard {
                    Some(Ok(Heard::Told(Told::Event(event)))) => view.add(&event),
                    Some(Ok(Heard::Told(Told::CursorAhead(_)))) => view.is_stale = true,
                    Some(Ok(Heard::Back)) => view.regain(),
                    Some(Ok(Heard::Told(Told::Snapshot(_) | Told::Closed(_)))) => {}
                    Some(Ok(Heard::Lost(why))) => view.lose(why),
                    Some(Err(failure)) => break Err(failure),
                    None => break Ok(()),
                },
                Some(read) = reading.join_next() => match read {
                    Ok((Ok(state), said)) => (view.state, time) = (state, said),
                    // The stream tells why.
                    Ok((Err(_), _)) | Err(_) => view.is_stale = true,
                },
                _ = tick.tick() => {
                    if reading.is_empty() && std::mem::take(&mut view.is_stale) {
                        reading.spawn(read_anew(session.client.clone(), self.arena, time));
                    }
                    screen.draw(&view, time.now());
                    if view.state.arena.status == Status::Archived {
                        break Ok(());
                    }
                }
                _ = resized.recv() => screen.draw(&view, time.now()),
                Some(key) = keys.recv() => if QUIT.contains(&key) {
                    return Ok(());
                },
                _ = interrupt.recv() => return Ok(()),
                _ = terminate.recv() => return Ok(()),
            }
        };
        drop(screen);
        ended?;
        session.output.text(&show::page(&view.state))
    }
}

/// What may be another since something happened.
async fn read_anew(client: Client, arena: ArenaId, time: ServerTime) -> (Result<State, Error>, ServerTime) {
    let query = StateQuery::default();
    tokio::join!(client.state(arena, &query).into_future(), time.asked(&client))
}

/// Listens beside the drawing, which never interrupts it.
fn heard(mut live: Live) -> mpsc::Receiver<Result<Heard, Failure>> {
    let (sender, heard) = mpsc::channel(64);
    tokio::spawn(async move {
        loop {
            let next = live.next().await;
            let is_last = next.is_err();
            if sender.send(next).await.is_err() || is_last {
                return;
            }
        }
    });
    heard
}

/// A line for each event, until the last.
async fn print(session: &Session, mut live: Live) -> Result<(), Failure> {
    loop {
        match live.next().await? {
            Heard::Told(Told::Event(event)) => {
                session.output.text(&line(&event, session.output.is_json())?)?;
                if event.kind == "arena_archived" {
                    return Ok(());
                }
            }
            Heard::Lost(why) => session.output.complain(&why),
            Heard::Back | Heard::Told(Told::Snapshot(_) | Told::CursorAhead(_) | Told::Closed(_)) => {}
        }
    }
}

fn read(text: &str) -> Result<State, Failure> {
    Told::state(text).map_err(|error| Failure::new(Exit::Refused, "malformed", error.to_string()))
}
