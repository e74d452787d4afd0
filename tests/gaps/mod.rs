//! Whatever call fails, in whatever way: what rests on it is not evaluated, the rest is as before, and nothing becomes a pass.

mod matrix;
mod measured;
mod process;
