// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/batch.hpp>
#include <mcfa/comm/division.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/data/joint_plan.hpp>
#include <mcfa/data/plan.hpp>
#include <mcfa/data/row_maker.hpp>
#include <mcfa/data/window_source.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <limits>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace mcfa::data {

/// Makes batches on threads of its own, ahead of their use. A worker makes a whole batch; batches come in order, and their content depends
/// on the seed and the epoch alone. A photo that cannot be used is reported once and its windows are left out, so that a batch may hold
/// fewer rows. Memory: `threads` + 2 batches, and for each thread the photo that it works on. With a `batch_share`, all of this is said of the
/// blocks of one rank, and a batch's blocks more are kept.
class loader {
public:
    /// Of one source or a mixture of several; their photos have a face. Throws `option_error` on a batch or a number of threads below 1 and
    /// for batches that are larger than all memory, `shape_error` with the sample's name for an annotation that no net can learn from
    /// (`check_annotation`), and `error` if the system starts no thread.
    loader(std::vector<window_source> sources, encoding const& code, batch_options const& batches)
        : state_(std::make_unique<state>(std::move(sources), code, batches)) {
        try {
            for (auto& makers : state_->makers) workers_.emplace_back([s = state_.get(), m = &makers] { s->work(*m); });
        } catch (std::exception const& problem) { // without this, those that have started would wait for ever, and so would we for them
            state_->stop();
            throw error({"the loader's thread ", workers_.size() + 1, " of ", batches.threads,
                         " (option batch_options.threads) cannot start: ", problem.what()});
        }
    }
    loader(loader&&) = default;
    loader& operator=(loader&&) = delete;
    ~loader() {
        if (state_) state_->stop();
    }

    /// Starts an epoch; what was under way is dropped. Evaluation is the same in every epoch.
    void begin(std::uint64_t epoch) { state_->begin(epoch); }

    /// Swaps the next batch into `rows`; false at the end of the epoch and before the first. The arrays that come back in `rows` are used again.
    /// With a `batch_share` it is the rank's next block, which may have no row.
    /// Throws `file_error` when more photos cannot be used than the limit, and whatever else a worker met; the epoch is then over.
    bool next(batch& rows) { return state_->next(rows); }

    std::size_t windows_per_epoch() const { return state_->windows; } ///< at most: bad photos, and photos without background, give fewer
    std::size_t batches_per_epoch() const { return (state_->windows + state_->batches.batch - 1) / state_->batches.batch; }
    /// Of a `batch_share`: the blocks of batch `number`, counted from 0, by rank.
    comm::division blocks(std::size_t number) const { return state_->blocks_of(state_->windows, number); }

private:
    struct bad_photo {
        bad_images* of; // its source's
        std::string name, message;
    };

    struct slot {
        batch rows;
        bool ready = false;
        std::vector<bad_photo> bad; // in the order of the plan
        std::exception_ptr failure;
    };

    struct state {
        state(std::vector<window_source> s, encoding const& c, batch_options const& n)
            : sources(std::move(s)), code(c), batches(n), make_plan(sources, n) {
            if (batches.batch < 1) throw option_error("batch_options.batch is 0, expected at least 1");
            if (batches.threads < 1) throw option_error({"batch_options.threads is ", batches.threads, ", expected at least 1"});
            if (batches.batch > most_bytes / bytes_of_a_row())
                throw option_error({"batch_options.batch is ", batches.batch, ", expected at most ", most_bytes / bytes_of_a_row(),
                                    ": a window takes ", bytes_of_a_row(), " bytes"});
            windows = make_plan(0).size();
            slots.resize(static_cast<std::size_t>(batches.threads) + 2 + (divided() ? blocks_of(windows, 0).count(batches.share.rank) : 0));
            for (int i = 0; i < batches.threads; ++i) {
                auto& own = makers.emplace_back();
                for (auto const& from : sources) own.emplace_back(*from.photos_of, from.options, code, batches.training);
            }
        }

        void begin(std::uint64_t epoch) {
            abandon = true;
            {
                std::unique_lock lock(mutex);
                open = false;
                changed.wait(lock, [&] { return busy == 0; });
                plan = make_plan(epoch);
                pieces = pieces_of(plan.size());
                taken = given = 0;
                for (auto& s : slots) s.ready = false;
                abandon = false;
                open = true;
            }
            changed.notify_all();
        }

        bool next(batch& rows) {
            for (;;) {
                std::unique_lock lock(mutex);
                if (!open || given == pieces.size()) return false;
                auto& s = slots[given % slots.size()];
                changed.wait(lock, [&] { return s.ready; });
                if (s.failure) {
                    open = false;
                    std::rethrow_exception(s.failure);
                }
                auto const found = std::move(s.bad);
                bool const empty = s.rows.size == 0;
                if (!empty || divided()) std::swap(rows, s.rows);
                s.ready = false;
                ++given;
                lock.unlock();
                changed.notify_all();
                try {
                    for (auto const& photo : found) photo.of->note(photo.name, photo.message);
                } catch (...) {
                    lock.lock();
                    open = false;
                    throw;
                }
                if (!empty || divided()) return true;
            }
        }

        void work(std::vector<row_maker>& own_makers) {
            std::unique_lock lock(mutex);
            for (;;) {
                changed.wait(lock, [&] { return stopping || (open && taken < pieces.size() && taken < given + slots.size()); });
                if (stopping) return;
                auto const number = taken++;
                ++busy;
                lock.unlock();
                auto& s = slots[number % slots.size()];
                s.bad.clear();
                s.failure = nullptr;
                try {
                    make_batch(own_makers, number, s);
                } catch (...) {
                    s.failure = std::current_exception();
                }
                lock.lock();
                --busy;
                s.ready = true;
                changed.notify_all();
            }
        }

        void make_batch(std::vector<row_maker>& own_makers, std::size_t number, slot& s) {
            reserve(s.rows);
            s.rows.size = 0;
            for (std::size_t i = pieces[number].first; i < pieces[number].second && !abandon; ++i) {
                auto const of = plan[i].source;
                try {
                    if (!own_makers[of].fill(plan[i], s.rows, s.rows.size)) continue;
                    if (!s.rows.sources.empty()) s.rows.sources[s.rows.size] = of;
                    s.rows.photos[s.rows.size] = plan[i].photo;
                    ++s.rows.size;
                } catch (file_error const& problem) {
                    s.bad.push_back({sources[of].bad.get(), sources[of].photos_of->name(plan[i].photo), problem.what()});
                }
            }
        }

        static constexpr std::size_t most_bytes = std::numeric_limits<std::ptrdiff_t>::max() / 4;
        std::size_t bytes_of_a_row() const {
            std::size_t floats = static_cast<std::size_t>(code.targets) + static_cast<std::size_t>(code.terms);
            for (int const side : code.sides) floats += std::size_t{3} * side * side;
            return floats * sizeof(float);
        }

        void reserve(batch& rows) const try {
            std::size_t const count = rows_of_a_piece();
            rows.windows.resize(code.sides.size());
            for (std::size_t i = 0; i < code.sides.size(); ++i) {
                std::size_t const side = code.sides[i];
                rows.windows[i].resize({count, side, side, std::size_t{3}});
            }
            rows.targets.resize({count, static_cast<std::size_t>(code.targets)});
            rows.masks.resize({count, static_cast<std::size_t>(code.terms)});
            rows.sources.resize(sources.size() > 1 ? count : 0);
            rows.photos.resize(count);
        } catch (std::bad_alloc const&) {
            std::size_t const requested = rows_of_a_piece() * bytes_of_a_row();
            throw memory_error(requested, 0,
                               {"memory for a batch of ", rows_of_a_piece(), " windows cannot be had: ", requested,
                                " bytes, and the loader keeps ", slots.size(), " batches (options batch_options.batch and threads)"});
        }

        void stop() {
            abandon = true;
            {
                std::lock_guard const lock(mutex);
                stopping = true;
            }
            changed.notify_all();
        }

        bool divided() const { return batches.share.block > 0; }

        comm::division blocks_of(std::size_t planned, std::size_t number) const {
            return batches.share.blocks_of(std::min(batches.batch, planned - std::min(planned, number * batches.batch)));
        }

        /// What `next` gives, in order, each as places in the plan: batches, or a rank's blocks of them.
        std::vector<std::pair<std::size_t, std::size_t>> pieces_of(std::size_t planned) const {
            std::vector<std::pair<std::size_t, std::size_t>> all;
            for (std::size_t number = 0; number * batches.batch < planned; ++number) {
                std::size_t const begin = number * batches.batch, end = std::min(planned, begin + batches.batch);
                if (!divided()) {
                    all.emplace_back(begin, end);
                    continue;
                }
                auto const blocks = blocks_of(planned, number);
                for (std::size_t b = blocks.first(batches.share.rank); b < blocks.last(batches.share.rank); ++b)
                    all.emplace_back(begin + b * batches.share.block, std::min(end, begin + (b + 1) * batches.share.block));
            }
            return all;
        }

        std::size_t rows_of_a_piece() const { return divided() ? std::min(batches.share.block, batches.batch) : batches.batch; }

        std::vector<window_source> sources;
        encoding code;
        batch_options batches;
        joint_plan make_plan;
        std::size_t windows = 0; // in one epoch

        std::mutex mutex;
        std::condition_variable changed;
        std::vector<std::vector<row_maker>> makers; // by worker and source
        std::vector<planned_window> plan;           // changed only while no worker is busy, as the pieces are
        std::vector<std::pair<std::size_t, std::size_t>> pieces;
        std::vector<slot> slots; // batch n stands in slot n % size
        std::size_t taken = 0, given = 0, busy = 0;
        bool open = false, stopping = false;
        std::atomic<bool> abandon = false;
    };

    std::unique_ptr<state> state_;
    std::vector<std::jthread> workers_; // join before the state goes
};

} // namespace mcfa::data
