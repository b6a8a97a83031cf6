//! The two processes of a cluster: the scheduler, which shares pieces out, and executors, which answer them. Both are this
//! program, as functions travel by name only. Must not know who asks, nor what is in a piece.

use super::function::{Engines, answer};
use super::{JOINING, MESSAGE, PATIENCE, probe};
use crate::engine::signals::Signals;
use arrow_flight::flight_service_server::FlightServiceServer;
use ballista_core::JobId;
use ballista_core::config::TaskSchedulingPolicy;
use ballista_core::error::BallistaError;
use ballista_core::execution_plans::ShuffleWriterExec;
use ballista_core::extension::SessionConfigExt as _;
use ballista_core::registry::BallistaFunctionRegistry;
use ballista_core::utils::{create_grpc_server, default_session_builder};
use ballista_executor::ArrowFlightServerProvider;
use ballista_executor::execution_engine::{DefaultExecutionEngine, ExecutionEngine, QueryStageExecutor};
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_executor::executor_server::TERMINATING;
use ballista_executor::flight_service::BallistaFlightService;
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::{create_scheduler, start_grpc_service_with_listener};
use datafusion::common::plan_err;
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::Result as DfResult;
use datafusion::execution::FunctionRegistry as _;
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::prelude::SessionConfig;
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};
use std::any::Any;
use std::io::Write as _;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use thiserror::Error;
use tokio::net::{TcpListener, TcpSocket};
use tonic::transport::server::TcpIncoming;

/// An executor that hasn't been heard of for so many seconds is given up, and what it had begun is given to others. A busy one
/// is heard of every five.
const SILENCE: u64 = 12;

/// So often that is looked at, in seconds.
const LOOK: u64 = 2;

/// How many may wait to be let in.
const WAITING: u32 = 1024;

/// So long an executor may take until it has heard that it is to end.
const HEARING: Duration = Duration::from_secs(2);

/// So long results are kept after a query, in seconds.
const KEPT: u64 = 300;

/// Why a process of a cluster can't start, or ended.
#[derive(Debug, Error)]
pub enum ServeError {
    /// Its address is taken, or not of this machine.
    #[error("can't listen on {address}: {reason}")]
    Bind {
        /// As given.
        address: SocketAddr,
        /// The system's words.
        reason: String,
    },
    /// No scheduler where the executor looks for it.
    #[error("the scheduler at {address} can't be reached: {reason}")]
    NoScheduler {
        /// As given.
        address: String,
        /// Why not.
        reason: String,
    },
    /// The scheduler is on another machine, and the executor listens on its own only.
    #[error("the scheduler at {scheduler} couldn't fetch results from {bind}, which is of this machine only")]
    OneSided {
        /// As given.
        scheduler: String,
        /// As given.
        bind: SocketAddr,
    },
    /// All else.
    #[error("{reason}")]
    Ended {
        /// Its words.
        reason: String,
    },
}

impl From<BallistaError> for ServeError {
    fn from(error: BallistaError) -> Self {
        Self::Ended { reason: error.to_string() }
    }
}

impl From<std::io::Error> for ServeError {
    fn from(error: std::io::Error) -> Self {
        Self::Ended { reason: error.to_string() }
    }
}

/// What a scheduler is started with.
#[derive(Debug, Clone)]
pub struct SchedulerSettings {
    /// Where it listens; port 0 takes a free one.
    pub bind: SocketAddr,
}

/// What an executor is started with.
#[derive(Clone)]
pub struct ExecutorSettings {
    /// The scheduler, as `host:port`.
    pub scheduler: String,
    /// Where it listens for those who fetch results; port 0 takes a free one.
    pub bind: SocketAddr,
    /// How many pieces it answers at a time.
    pub tasks: usize,
    /// What answers them: makes an engine for each.
    pub engines: Arc<Engines>,
    /// Where results are kept until they are fetched.
    pub folder: PathBuf,
}

/// Runs a scheduler until Ctrl-C, or until the system asks it to end. `ready` is told of its address once it listens.
///
/// # Errors
/// [`ServeError`]
pub fn scheduler(settings: &SchedulerSettings, ready: impl FnOnce(SocketAddr)) -> Result<(), ServeError> {
    log_to_stderr();
    let runtime = runtime()?;
    let served = runtime.block_on(async {
        let mut signals = Signals::new()?;
        let (listener, address) = listen(settings.bind)?;
        let config = Arc::new(scheduler_config(address));
        let cluster = BallistaCluster::new_from_config(&config).await?;
        let server = create_scheduler::<LogicalPlanNode, PhysicalPlanNode>(cluster, config).await?;
        ready(address);
        tokio::select! {
            served = start_grpc_service_with_listener(listener, server) => Ok(served?),
            _ = signals.next() => Ok(()),
        }
    });
    runtime.shutdown_background();
    served
}

fn scheduler_config(address: SocketAddr) -> SchedulerConfig {
    SchedulerConfig {
        bind_host: host(address.ip()),
        external_host: host(address.ip()),
        bind_port: address.port(),
        // Executors ask for work: they need no port for orders, and one that is slow takes less.
        scheduling_policy: TaskSchedulingPolicy::PullStaged,
        // Results go through the scheduler, so that who asks needs to reach nobody else.
        enable_embedded_flight_proxy: true,
        grpc_server_max_decoding_message_size: MESSAGE,
        grpc_server_max_encoding_message_size: MESSAGE,
        grpc_client_max_message_size: MESSAGE,
        executor_timeout_seconds: SILENCE,
        expire_dead_executor_interval_seconds: LOOK,
        no_executors_grace_period_seconds: SILENCE,
        finished_job_data_clean_up_interval_seconds: KEPT,
        finished_job_state_clean_up_interval_seconds: KEPT,
        override_config_producer: Some(Arc::new(limits)),
        override_session_builder: Some(Arc::new(|config| {
            let mut state = default_session_builder(config)?;
            state.register_udf(answer(None))?;
            Ok(state)
        })),
        ..SchedulerConfig::default()
    }
}

/// Runs an executor until Ctrl-C, or until the system asks it to end; asked a second time, it leaves the pieces that it is
/// at. `ready` is told of its address once it has joined the scheduler.
///
/// # Errors
/// [`ServeError`]
pub fn executor(
    settings: &ExecutorSettings,
    ready: impl FnOnce(SocketAddr) + Send + 'static,
) -> Result<(), ServeError> {
    log_to_stderr();
    let runtime = runtime()?;
    let served = runtime.block_on(async {
        // From here on no signal ends the process by itself: whoever called removes the folder.
        let mut signals = Signals::new()?;
        let address = settings.scheduler.clone();
        tokio::select! {
            there = tokio::task::spawn_blocking(move || await_scheduler(&address)) => {
                there.map_err(|e| ServeError::Ended { reason: e.to_string() })??;
            }
            _ = signals.next() => return Ok(()),
        }
        if settings.bind.ip().is_loopback() && elsewhere(&settings.scheduler) {
            return Err(ServeError::OneSided { scheduler: settings.scheduler.clone(), bind: settings.bind });
        }
        let (listener, address) = listen(settings.bind)?;
        let config = executor_config(settings, listener, address, ready)?;
        tokio::select! {
            served = start_executor_process(Arc::new(config)) => Ok(served?),
            () = left_at_once(&mut signals) => Ok(()),
        }
    });
    runtime.shutdown_background();
    served
}

/// Waits until the pieces under way are to be left. The executor itself hears the first signal, and ends once they are answered;
/// not so while it starts.
async fn left_at_once(signals: &mut Signals) {
    signals.next().await;
    let deadline = Instant::now() + HEARING;
    while !TERMINATING.load(Ordering::Acquire) {
        if Instant::now() > deadline {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    signals.next().await;
}

/// Both may be started at once.
fn await_scheduler(address: &str) -> Result<(), ServeError> {
    let start = Instant::now();
    loop {
        match probe::ask(address, PATIENCE) {
            Ok(_) => return Ok(()),
            Err(reason) if start.elapsed() > JOINING => {
                return Err(ServeError::NoScheduler { address: address.to_owned(), reason });
            }
            Err(_) => std::thread::sleep(Duration::from_millis(200)),
        }
    }
}

/// True where an address is none of this machine alone.
fn elsewhere(address: &str) -> bool {
    address.to_socket_addrs().is_ok_and(|mut found| !found.any(|a| a.ip().is_loopback()))
}

/// An address as it stands in a URL.
fn host(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    }
}

fn executor_config(
    settings: &ExecutorSettings,
    listener: TcpListener,
    address: SocketAddr,
    ready: impl FnOnce(SocketAddr) + Send + 'static,
) -> Result<ExecutorProcessConfig, ServeError> {
    let odd = || ServeError::Ended { reason: format!("{} is no HOST:PORT", settings.scheduler) };
    let (name, port) = settings.scheduler.rsplit_once(':').ok_or_else(odd)?;
    let folder = settings.folder.to_str().ok_or_else(|| ServeError::Ended {
        reason: format!("the name of the folder {} is no UTF-8", settings.folder.display()),
    })?;
    let mut functions = BallistaFunctionRegistry::default();
    let answer = answer(Some(settings.engines.clone()));
    functions.scalar_functions.insert(answer.name().to_owned(), answer);
    Ok(ExecutorProcessConfig {
        bind_host: host(address.ip()),
        // Without it, the scheduler takes the address that it is spoken to from.
        external_host: (!address.ip().is_unspecified()).then(|| host(address.ip())),
        port: address.port(),
        scheduler_host: name.to_owned(),
        scheduler_port: port.parse().map_err(|_| odd())?,
        // The scheduler is known to be there. (Ballista's own waiting for it has no end.)
        scheduler_connect_timeout_seconds: 0,
        vcores: settings.tasks.max(1),
        task_scheduling_policy: TaskSchedulingPolicy::PullStaged,
        work_dir: Some(folder.to_owned()),
        grpc_max_decoding_message_size: MESSAGE,
        grpc_max_encoding_message_size: MESSAGE,
        // Pieces are counted against a limit of their own.
        memory_pool_size: Some(0),
        override_execution_engine: Some(Arc::new(PiecesOnly(DefaultExecutionEngine::new()))),
        override_function_registry: Some(Arc::new(functions)),
        override_config_producer: Some(Arc::new(limits)),
        // Functions over rows in memory spill nothing.
        override_runtime_producer: Some(Arc::new(|_| Ok(Arc::new(RuntimeEnv::default())))),
        override_arrow_flight_service: Some(results(listener, address, ready)),
        ..ExecutorProcessConfig::default()
    })
}

/// Answers pieces, and nothing else that Ballista could be asked to do, such as writing files.
struct PiecesOnly(DefaultExecutionEngine);

impl ExecutionEngine for PiecesOnly {
    fn create_query_stage_exec(
        &self,
        job: JobId,
        stage: usize,
        task: usize,
        outputs: Vec<usize>,
        plan: Arc<dyn ExecutionPlan>,
        folder: &str,
        config: &SessionConfig,
    ) -> DfResult<Arc<dyn QueryStageExecutor>> {
        if !is_of_pieces(&plan) {
            return plan_err!("executors of Milepost answer pieces of its queries, and nothing else");
        }
        self.0.create_query_stage_exec(job, stage, task, outputs, plan, folder, config)
    }
}

/// True of rows in memory, functions over them, and their way back.
fn is_of_pieces(plan: &Arc<dyn ExecutionPlan>) -> bool {
    let jobs = |source: &DataSourceExec| {
        let source: &dyn Any = source.data_source().as_ref();
        source.is::<MemorySourceConfig>()
    };
    let known = plan.is::<ShuffleWriterExec>()
        || plan.is::<ProjectionExec>()
        || plan.downcast_ref::<DataSourceExec>().is_some_and(jobs);
    known && plan.children().into_iter().all(is_of_pieces)
}

/// Serves results on a port that is taken already, so that no other program can take it meanwhile.
fn results(
    listener: TcpListener,
    address: SocketAddr,
    ready: impl FnOnce(SocketAddr) + Send + 'static,
) -> Arc<ArrowFlightServerProvider> {
    let once = Mutex::new(Some((listener, ready)));
    Arc::new(move |folder, _, mut shutdown, grpc| {
        let given = once.lock().unwrap_or_else(PoisonError::into_inner).take();
        tokio::spawn(async move {
            let Some((listener, ready)) = given else {
                return Err(BallistaError::Internal("results are served once".to_owned()));
            };
            ready(address);
            let service = FlightServiceServer::new(BallistaFlightService::new(folder))
                .max_decoding_message_size(MESSAGE as usize)
                .max_encoding_message_size(MESSAGE as usize);
            create_grpc_server(&grpc)
                .add_service(service)
                .serve_with_incoming_shutdown(TcpIncoming::from(listener), shutdown.recv())
                .await
                .map_err(BallistaError::TonicError)
        })
    })
}

/// What every session of the process starts from.
fn limits() -> SessionConfig {
    SessionConfig::new_with_ballista().with_ballista_grpc_client_max_message_size(MESSAGE as usize)
}

fn runtime() -> Result<tokio::runtime::Runtime, ServeError> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

fn listen(bind: SocketAddr) -> Result<(TcpListener, SocketAddr), ServeError> {
    let failed = |e: std::io::Error| ServeError::Bind { address: bind, reason: e.to_string() };
    let socket = if bind.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }.map_err(failed)?;
    // Those that connect inherit it: results are small, and each would wait for the acknowledgement of the one before.
    socket.set_nodelay(true).map_err(failed)?;
    socket.set_reuseaddr(true).map_err(failed)?;
    socket.bind(bind).map_err(failed)?;
    let listener = socket.listen(WAITING).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

/// Warnings and errors of Ballista, one a line; of the same one after another the first.
struct Complaints(Mutex<String>);

fn log_to_stderr() {
    static COMPLAINTS: Complaints = Complaints(Mutex::new(String::new()));
    // Where a library's user has set another, that one is told.
    if log::set_logger(&COMPLAINTS).is_ok() {
        log::set_max_level(log::LevelFilter::Warn);
    }
}

impl log::Log for Complaints {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.level() <= log::Level::Warn && metadata.target().starts_with("ballista")
    }

    fn log(&self, record: &log::Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let line = format!("{}: {}", record.level().as_str().to_lowercase(), record.args());
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if *last != line {
            // Where nobody reads, there is nobody to tell.
            let _ = writeln!(std::io::stderr(), "{line}");
            *last = line;
        }
    }

    fn flush(&self) {}
}
