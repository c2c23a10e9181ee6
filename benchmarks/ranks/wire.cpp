// SPDX-License-Identifier: MIT
// A switch with long wires, for hosts.sh: what comes in at one of the network devices goes out, later by the delay, at the one whose host it is
// addressed to, or at all others. Each packet is lost with the chance.
//     wire DELAY_MS LOSS_PERCENT DEVICE DEVICE...
// The kernel hands on long packets of TCP, as to a card that divides them into those of an Ethernet (PACKET_VNET_HDR). They stay whole but where
// one of those is lost: then what is before and behind it goes on. Only on Linux, as root, and for IPv4.
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <random>
#include <span>
#include <utility>
#include <vector>

namespace {

using clock_type = std::chrono::steady_clock;
using address = std::array<unsigned char, 6>;

/// Before a frame: struct virtio_net_hdr of <linux/virtio_net.h>, which is no C++.
struct frame_info {
    std::uint8_t flags, gso_type;
    std::uint16_t header_length, gso_size, checksum_from, checksum_at;
};
constexpr std::size_t header = sizeof(frame_info);
constexpr std::uint8_t whole = 0, of_tcp = 1; // gso_type
constexpr std::size_t longest = 1 << 17;

[[noreturn]] void fail(char const* what) {
    std::perror(what);
    std::exit(1);
}

int listen_to(char const* device) {
    int const port = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, htons(ETH_P_ALL));
    if (port < 0) fail("socket");
    int const yes = 1, room = 64 << 20;
    if (setsockopt(port, SOL_PACKET, PACKET_VNET_HDR, &yes, sizeof yes) < 0) fail("PACKET_VNET_HDR");
    if (setsockopt(port, SOL_PACKET, PACKET_IGNORE_OUTGOING, &yes, sizeof yes) < 0) fail("PACKET_IGNORE_OUTGOING");
    if (setsockopt(port, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) < 0) fail("SO_RCVBUFFORCE");
    if (setsockopt(port, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room) < 0) fail("SO_SNDBUFFORCE");
    sockaddr_ll where{};
    where.sll_family = AF_PACKET;
    where.sll_protocol = htons(ETH_P_ALL);
    where.sll_ifindex = static_cast<int>(if_nametoindex(device));
    if (where.sll_ifindex == 0 || bind(port, reinterpret_cast<sockaddr*>(&where), sizeof where) < 0) fail(device);
    return port;
}

struct packet {
    clock_type::time_point due;
    std::size_t from;
    std::vector<char> bytes; // header and frame
};

/// The sum of 16-bit words of the internet's checksums, not yet folded.
std::uint64_t sum_of_words(char const* bytes, std::size_t size) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i + 1 < size; i += 2) {
        std::uint16_t word;
        std::memcpy(&word, bytes + i, 2);
        sum += word;
    }
    return sum;
}
std::uint16_t folded(std::uint64_t sum) {
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(sum);
}

/// Of a frame that the card would divide, the segments [first, last) of its `size` bytes each, as a frame.
std::vector<char> segments_of(std::vector<char> const& frame, std::size_t size, std::size_t first, std::size_t last) {
    frame_info about;
    std::memcpy(&about, frame.data(), header);
    std::size_t const ip_at = header + sizeof(ether_header);
    iphdr ip;
    std::memcpy(&ip, frame.data() + ip_at, sizeof ip);
    std::size_t const tcp_at = ip_at + ip.ihl * 4u;
    tcphdr tcp;
    std::memcpy(&tcp, frame.data() + tcp_at, sizeof tcp);
    std::size_t const data_at = tcp_at + tcp.doff * 4u, begin = data_at + first * size, end = std::min(frame.size(), data_at + last * size);

    std::vector<char> part(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(data_at));
    part.insert(part.end(), frame.begin() + static_cast<std::ptrdiff_t>(begin), frame.begin() + static_cast<std::ptrdiff_t>(end));
    if (last - first == 1) about.gso_type = whole, about.gso_size = 0;
    auto const length = static_cast<std::uint16_t>(part.size() - ip_at), tcp_length = static_cast<std::uint16_t>(part.size() - tcp_at);
    ip.tot_len = htons(length);
    ip.check = 0;
    ip.check = static_cast<std::uint16_t>(~folded(sum_of_words(reinterpret_cast<char const*>(&ip), sizeof ip)));
    tcp.seq = htonl(ntohl(tcp.seq) + static_cast<std::uint32_t>(first * size));
    // The receiver's kernel adds the rest to that of the addresses, protocol and length.
    tcp.check = folded(sum_of_words(reinterpret_cast<char const*>(&ip.saddr), 8) + htons(IPPROTO_TCP) + htons(tcp_length));
    std::memcpy(part.data(), &about, header);
    std::memcpy(part.data() + ip_at, &ip, sizeof ip);
    std::memcpy(part.data() + tcp_at, &tcp, sizeof tcp);
    return part;
}

/// What arrives of a frame.
template <class Chance>
std::vector<std::vector<char>> what_arrives(std::vector<char> frame, Chance&& is_lost) {
    frame_info about;
    std::memcpy(&about, frame.data(), header);
    std::vector<std::vector<char>> all;
    if (about.gso_type != of_tcp) {
        if (!is_lost()) all.push_back(std::move(frame));
        return all;
    }
    std::size_t const size = about.gso_size, segments = (frame.size() - header - about.header_length + size - 1) / size;
    std::size_t first = 0;
    for (std::size_t s = 0; s < segments; ++s) {
        if (!is_lost()) continue;
        if (s > first) all.push_back(segments_of(frame, size, first, s));
        first = s + 1;
    }
    if (first == 0) all.push_back(std::move(frame));
    else if (first < segments) all.push_back(segments_of(frame, size, first, segments));
    return all;
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 5) {
        std::fprintf(stderr, "wire DELAY_MS LOSS_PERCENT DEVICE DEVICE...\n");
        return 2;
    }
    auto const delay = std::chrono::duration_cast<clock_type::duration>(std::chrono::duration<double, std::milli>(std::atof(argv[1])));
    std::bernoulli_distribution is_lost(std::atof(argv[2]) / 100);
    std::mt19937_64 random(7);
    prctl(PR_SET_TIMERSLACK, 1UL);

    std::vector<pollfd> ports;
    for (char* device : std::span(argv, static_cast<std::size_t>(argc)).subspan(3)) ports.push_back({listen_to(device), POLLIN, 0});
    std::map<address, std::size_t> port_of; // learnt from what hosts send
    std::deque<packet> under_way;           // in the order in which they are due
    std::vector<char> room(longest);
    std::puts("ready");
    std::fflush(stdout);

    for (;;) {
        timespec rest{};
        if (!under_way.empty()) {
            auto const left =
                std::max<long>(0, std::chrono::duration_cast<std::chrono::nanoseconds>(under_way[0].due - clock_type::now()).count());
            rest = {left / 1000000000, left % 1000000000};
        }
        if (ppoll(ports.data(), ports.size(), under_way.empty() ? nullptr : &rest, nullptr) < 0 && errno != EINTR) fail("ppoll");
        for (std::size_t p = 0; p < ports.size(); ++p)
            for (int taken = 0; taken < 64; ++taken) {
                ssize_t const size = recv(ports[p].fd, room.data(), room.size(), 0);
                if (size < static_cast<ssize_t>(header + 14)) break;
                address source;
                std::memcpy(source.data(), room.data() + header + 6, source.size());
                port_of[source] = p;
                for (auto& frame : what_arrives({room.data(), room.data() + size}, [&] { return is_lost(random); }))
                    under_way.push_back({clock_type::now() + delay, p, std::move(frame)});
            }
        for (; !under_way.empty() && under_way[0].due <= clock_type::now(); under_way.pop_front()) {
            packet const& next = under_way[0];
            address target;
            std::memcpy(target.data(), next.bytes.data() + header, target.size());
            auto const known = port_of.find(target);
            for (std::size_t p = 0; p < ports.size(); ++p)
                if (p != next.from && (known == port_of.end() || known->second == p))
                    if (send(ports[p].fd, next.bytes.data(), next.bytes.size(), 0) < 0 && errno != ENOBUFS && errno != ENETDOWN)
                        fail("send");
        }
    }
}
